package io.shoal.embedded;

import io.shoal.config.ConfigException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * One Kafka broker (KRaft, combined with its controller) in this JVM, on a directory that survives
 * restarts. It listens on the loopback interface only.
 */
public final class EmbeddedKafka implements AutoCloseable {
  private static final int NODE_ID = 1;
  private static final String HOST = "127.0.0.1";

  private final KafkaRaftServer server;
  private final int port;

  private EmbeddedKafka(KafkaRaftServer server, int port) {
    this.server = server;
    this.port = port;
  }

  /**
   * Starts a broker.
   *
   * @param directory of its data; made and formatted when it is new
   * @param port for clients; 0 for a free one
   * @throws ConfigException when the port is taken or the directory cannot be written
   */
  public static EmbeddedKafka start(Path directory, int port) {
    return start(directory, port, Map.of());
  }

  /**
   * Starts a broker with settings of its own, such as the security of its listener {@code BROKER}.
   *
   * @param directory of its data; made and formatted when it is new
   * @param port for clients; 0 for a free one
   * @param more settings by Kafka's names, which go before those here
   * @throws ConfigException when the port is taken or the directory cannot be written
   */
  public static EmbeddedKafka start(Path directory, int port, Map<String, String> more) {
    int clientPort = Ports.freeOr(port, "Kafka broker");
    int controllerPort = Ports.free();
    try {
      Files.createDirectories(directory);
      if (!Files.exists(directory.resolve("meta.properties"))) {
        format(directory);
      }
    } catch (IOException e) {
      throw new ConfigException(
          "cannot write the broker's data directory " + directory + ": " + e.getMessage(), e);
    }
    Properties settings = settings(directory, clientPort, controllerPort);
    settings.putAll(more);
    KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
    server.startup();
    return new EmbeddedKafka(server, clientPort);
  }

  /** Where clients connect: {@code host:port}. */
  public String bootstrapServers() {
    return HOST + ":" + port;
  }

  /** Stops the broker in order; its data stays. */
  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  private static void format(Path directory) throws IOException {
    try {
      new Formatter()
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .setClusterId(Uuid.randomUuid().toString())
          .setNodeId(NODE_ID)
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setControllerListenerName("CONTROLLER")
          .setMetadataLogDirectory(directory.toString())
          .setDirectories(List.of(directory.toString()))
          .setIgnoreFormatted(true)
          .run();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("cannot format " + directory + "", e);
    }
  }

  private static Properties settings(Path directory, int clientPort, int controllerPort) {
    Properties settings = new Properties();
    settings.putAll(
        Map.ofEntries(
            Map.entry("process.roles", "broker,controller"),
            Map.entry("node.id", String.valueOf(NODE_ID)),
            Map.entry("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort),
            Map.entry(
                "listeners",
                "BROKER://"
                    + HOST
                    + ":"
                    + clientPort
                    + ",CONTROLLER://"
                    + HOST
                    + ":"
                    + controllerPort),
            Map.entry("advertised.listeners", "BROKER://" + HOST + ":" + clientPort),
            Map.entry("listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT"),
            Map.entry("inter.broker.listener.name", "BROKER"),
            Map.entry("controller.listener.names", "CONTROLLER"),
            Map.entry("log.dirs", directory.toString()),
            // One node: nothing to replicate to, no members to wait for.
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("offsets.topic.num.partitions", "4"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("transaction.state.log.num.partitions", "4"),
            // How late brokers abort a transaction that a killed sidecar left open; others wait for
            // it, by default 10 s longer.
            Map.entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500"),
            // Flink's sink takes a new transactional id at each checkpoint: forget them in an hour,
            // not a week.
            Map.entry("transactional.id.expiration.ms", "3600000"),
            Map.entry("share.coordinator.state.topic.replication.factor", "1"),
            Map.entry("share.coordinator.state.topic.min.isr", "1"),
            Map.entry("default.replication.factor", "1"),
            Map.entry("min.insync.replicas", "1"),
            Map.entry("group.initial.rebalance.delay.ms", "0"),
            // After a kill -9 the restarted broker must not wait for the old session to expire.
            Map.entry("broker.session.timeout.ms", "2000"),
            Map.entry("broker.heartbeat.interval.ms", "500"),
            Map.entry("controlled.shutdown.enable", "true"),
            // A typing error in a topic name must be an error, not a new topic.
            Map.entry("auto.create.topics.enable", "false"),
            // Two cores: fewer threads than the defaults, which are for a machine of its own.
            Map.entry("num.network.threads", "2"),
            // The system chooses: the default of 100 KiB is hardly more than one segment of a
            // loopback interface, and answers stall.
            Map.entry("socket.send.buffer.bytes", "-1"),
            Map.entry("socket.receive.buffer.bytes", "-1"),
            Map.entry("num.io.threads", "4"),
            Map.entry("log.segment.bytes", String.valueOf(64 << 20)),
            // Of each partition: a system that runs for days must not fill a laptop's disk.
            Map.entry("log.retention.bytes", String.valueOf(128 << 20)),
            Map.entry("log.cleaner.dedupe.buffer.size", String.valueOf(16 << 20))));
    return settings;
  }
}
