package io.shoal.flinkjob;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A Flink session cluster: a JobManager and TaskManagers, each a JVM with Flink's jars alone. */
final class FlinkCluster implements AutoCloseable {
  private static final String LIB = System.getProperty("shoal.flink.lib", "");

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path folder;
  private final int restPort;
  private final Process jobManager;
  private final Deque<Process> taskManagers = new ArrayDeque<>();
  private int started;

  /** Starts a JobManager; no TaskManager yet. */
  FlinkCluster(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.restPort = freePort();
    Files.writeString(folder.resolve("config.yaml"), configuration(freePort()));
    Files.writeString(folder.resolve("log4j2.properties"), LOGGING);
    this.jobManager =
        start(
            "jobmanager",
            "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
            "--configDir",
            folder.toString());
  }

  private static final String LOGGING =
      """
      rootLogger.level = INFO
      rootLogger.appenderRef.out.ref = out
      appender.out.type = Console
      appender.out.name = out
      appender.out.layout.type = PatternLayout
      appender.out.layout.pattern = %d{HH:mm:ss.SSS} %-5p %c{1} %m%n
      """;

  /** Flink's scripts would work the memory out; without them each part must be named. */
  private String configuration(int rpcPort) {
    return """
        jobmanager.rpc.address: 127.0.0.1
        jobmanager.rpc.port: %d
        jobmanager.bind-host: 127.0.0.1
        rest.address: 127.0.0.1
        rest.bind-address: 127.0.0.1
        rest.port: %d
        taskmanager.host: 127.0.0.1
        taskmanager.bind-host: 127.0.0.1
        taskmanager.numberOfTaskSlots: 1
        taskmanager.cpu.cores: 1.0
        taskmanager.memory.task.heap.size: 192m
        taskmanager.memory.framework.heap.size: 64m
        taskmanager.memory.task.off-heap.size: 64m
        taskmanager.memory.framework.off-heap.size: 64m
        taskmanager.memory.network.min: 32m
        taskmanager.memory.network.max: 32m
        taskmanager.memory.managed.size: 32m
        taskmanager.memory.jvm-metaspace.size: 192m
        taskmanager.memory.jvm-overhead.min: 64m
        taskmanager.memory.jvm-overhead.max: 64m
        state.backend.type: rocksdb
        execution.checkpointing.incremental: true
        execution.checkpointing.data-inline-threshold: 0b
        heartbeat.interval: 500
        heartbeat.timeout: 5000
        heartbeat.rpc-failure-threshold: 1
        io.tmp.dirs: %s
        """
        .formatted(rpcPort, restPort, folder);
  }

  /** Starts one more TaskManager; returns before it has registered. */
  void addTaskManager() throws IOException {
    taskManagers.addLast(
        start(
            "taskmanager-" + started++,
            "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
            "--configDir",
            folder.toString()));
  }

  /** Kills the oldest TaskManager as the operating system would. */
  void killTaskManager() throws InterruptedException {
    taskManagers.removeFirst().destroyForcibly().waitFor();
  }

  /** Whether so many TaskManagers are registered. */
  boolean hasTaskManagers(int count) {
    return get("/overview").contains("\"taskmanagers\":" + count + ",");
  }

  /** Runs Flink's own command line and returns what it printed. */
  String commandLine(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("org.apache.flink.client.cli.CliFrontend"));
    all.addAll(List.of(arguments));
    Process process = start("client", all.toArray(String[]::new));
    int code = process.waitFor();
    String output = Files.readString(folder.resolve("client.log"));
    if (code != 0) {
      throw new AssertionError("flink ended with " + code + ": " + output);
    }
    return output;
  }

  /** The answer of the JobManager's REST API; empty while there is none. */
  String get(String path) {
    try {
      return http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + restPort + path)).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  String restAddress() {
    return "127.0.0.1:" + restPort;
  }

  /** All that its processes have written. */
  String logs() {
    try (var files = Files.list(folder)) {
      StringBuilder text = new StringBuilder();
      for (Path file : files.filter(f -> f.toString().endsWith(".log")).toList()) {
        text.append(Files.readString(file));
      }
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process start(String name, String... main) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx320m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--add-modules",
                "jdk.incubator.vector",
                // Of those that Flink's default configuration opens, what this job's tasks need.
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
                "--add-opens=java.base/java.time=ALL-UNNAMED",
                "--add-opens=java.base/java.net=ALL-UNNAMED",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-Dlog4j.configurationFile=" + folder.resolve("log4j2.properties"),
                "-cp",
                LIB + File.separator + "*"));
    command.addAll(List.of(main));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile());
    builder.environment().put("FLINK_CONF_DIR", folder.toString());
    return builder.start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    taskManagers.forEach(Process::destroyForcibly);
    jobManager.destroyForcibly();
  }
}
