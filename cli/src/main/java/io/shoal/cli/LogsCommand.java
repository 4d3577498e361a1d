package io.shoal.cli;

import io.shoal.config.ConfigException;
import io.shoal.local.deployment.Deployment;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a deployment logs. */
@Command(
    name = "logs",
    description = "Shows the newest lines of a deployed pipeline's log.",
    mixinStandardHelpOptions = true)
final class LogsCommand implements Callable<Integer> {
  private static final long POLL_MS = 300;
  private static final int TAIL_BYTES_MAX = 16 << 20;

  @Parameters(paramLabel = "NAME", description = "The pipeline's name; 'shoal get' lists them.")
  private String name;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      defaultValue = "50",
      description = "How many lines (default: ${DEFAULT-VALUE}).")
  private int lines = 50;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with new lines until Ctrl-C.")
  private boolean follow;

  @Option(
      names = "--console",
      description = "What its processes said on standard output and error instead of the log.")
  private boolean console;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Deployment deployment = StateFolder.deployments().get(name);
    Path file = console ? deployment.console() : deployment.log();
    if (!Files.isReadable(file)) {
      throw new ConfigException("there is no log yet at " + file);
    }
    long position = Files.size(file);
    tail(file).forEach(System.out::println);
    while (follow) {
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
      long size = Files.size(file);
      position = size < position ? 0 : position; // begun anew
      if (size > position) {
        System.out.write(read(file, position, size));
        System.out.flush();
        position = size;
      }
    }
    return 0;
  }

  private List<String> tail(Path file) throws IOException {
    long size = Files.size(file);
    List<String> all =
        new ArrayList<>(
            new String(read(file, Math.max(0, size - TAIL_BYTES_MAX), size), StandardCharsets.UTF_8)
                .lines()
                .toList());
    return all.subList(Math.max(0, all.size() - lines), all.size());
  }

  private static byte[] read(Path file, long from, long to) throws IOException {
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
      byte[] bytes = new byte[Math.toIntExact(to - from)];
      log.seek(from);
      log.readFully(bytes);
      return bytes;
    }
  }
}
