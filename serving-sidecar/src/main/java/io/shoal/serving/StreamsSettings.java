package io.shoal.serving;

import io.shoal.features.BoundedRocksDb;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.state.HostInfo;

/** How Kafka Streams and its clients are tuned, each with its reason. */
final class StreamsSettings {
  private static final long CACHE_BYTES = 4 << 20;

  /**
   * A sidecar that is not heard of for so long is lost: the least that brokers allow by default.
   * Kafka's own default is 45 s.
   */
  private static final int LOST_MS = 6_000;

  private StreamsSettings() {}

  /**
   * The settings; what the configuration passes on to Kafka wins over what is only a default.
   *
   * @param self where other instances reach this one
   */
  static Properties of(SidecarConfig config, HostInfo self, DeadLetterHandler.Letters letters) {
    Map<String, Object> settings = new HashMap<>();
    // Most of what a batch costs, here and on the broker, it costs once. No compression, Kafka's
    // own default: some clients come without the codecs that would be fast enough.
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 256 << 10);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 64L << 20);
    if (config.isExactlyOnce()) {
      // What is sent is seen at the next commit, so that there is time to gather: batches of four
      // times the records, and two thirds of the CPU for them.
      settings.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 20);
      settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MIN_BYTES_CONFIG), 64 << 10);
      settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG), 10);
      // A batch that the broker puts off while it closes a transaction would put the next one out
      // of order, and cost a thread; one request at a time carries as much, in larger batches.
      settings.put(
          StreamsConfig.producerPrefix(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION), 1);
      // Whoever takes over from a sidecar that is lost waits until its transaction is aborted.
      settings.put(
          StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), LOST_MS);
    } else {
      // Streams' own default of 100 ms would be most of the latency.
      settings.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 3);
    }
    // The system chooses. Kafka's fixed 64 KiB are less than one segment of a loopback interface:
    // answers stall, and records wait for hundreds of ms.
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.RECEIVE_BUFFER_CONFIG), -1);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.SEND_BUFFER_CONFIG), -1);
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), LOST_MS);
    // A member learns of a rebalance by a heartbeat, and all others wait for it meanwhile.
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 500);
    // No task reads more than one topic, so there is nothing to wait for; asking would cost a sixth
    // of a scoring thread.
    settings.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
    settings.putAll(config.kafkaSettings());
    settings.putAll(
        Map.ofEntries(
            Map.entry(
                StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
                config.getString(SidecarConfig.BOOTSTRAP_SERVERS)),
            Map.entry(StreamsConfig.APPLICATION_ID_CONFIG, config.application()),
            Map.entry(StreamsConfig.APPLICATION_SERVER_CONFIG, self.host() + ":" + self.port()),
            Map.entry(StreamsConfig.STATE_DIR_CONFIG, config.getString(SidecarConfig.STATE_DIR)),
            Map.entry(
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                config.getString(SidecarConfig.PROCESSING_GUARANTEE)),
            Map.entry(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                config.getLong(SidecarConfig.COMMIT_INTERVAL_MS)),
            Map.entry(
                StreamsConfig.NUM_STREAM_THREADS_CONFIG, config.getInt(SidecarConfig.THREADS)),
            Map.entry(
                StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG,
                config.getInt(SidecarConfig.STANDBY_REPLICAS)),
            // For the grades alone. The other stores have none: the processors read and write each
            // key once per record, a cache would only add work at commits.
            Map.entry(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES),
            Map.entry(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class),
            Map.entry(
                BoundedRocksDb.MEMORY_MB_CONFIG, config.getInt(SidecarConfig.ROCKSDB_MEMORY_MB)),
            Map.entry(
                StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG,
                DeadLetterHandler.class),
            Map.entry(
                StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetterHandler.class),
            Map.entry(DeadLetterHandler.LETTERS, letters),
            Map.entry(
                StreamsConfig.globalConsumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG),
                "read_committed")));
    Properties properties = new Properties();
    properties.putAll(settings);
    return properties;
  }
}
