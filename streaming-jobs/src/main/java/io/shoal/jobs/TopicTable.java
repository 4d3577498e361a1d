package io.shoal.jobs;

import io.shoal.config.ConfigException;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.UndecodableRecordException;
import io.shoal.schemas.avro.LearnedOffset;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The points that stand in a topic now, as a batch fit needs them: read as the training job reads
 * them, partition by partition, from the first record to the end that was found at the start. When
 * there are more than may be held, a uniform sample of them (Vitter's algorithm R, 1985).
 */
public final class TopicTable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration SILENCE_MAX = Duration.ofSeconds(30);

  private final List<float[]> rows = new ArrayList<>();
  private final List<LearnedOffset> offsets = new ArrayList<>();
  private final Map<String, Long> dropped = new TreeMap<>();
  private final int rowsMax;
  private final SplittableRandom random;
  private long seen;
  private long eventTimeMs = Long.MIN_VALUE;

  private TopicTable(int rowsMax, long seed) {
    this.rowsMax = rowsMax;
    this.random = new SplittableRandom(seed);
  }

  /**
   * Reads a topic.
   *
   * @param topic of the form that the configuration describes
   * @param rowsMax most points to hold
   * @param seed of the sample
   * @throws ConfigException when there is no such topic, or nothing in it can be learned from
   */
  public static TopicTable read(TrainerConfig config, String topic, int rowsMax, long seed) {
    TopicTable table = new TopicTable(rowsMax, seed);
    PointFormat<FeaturePoint> format = config.pointFormat();
    PointDecoder<FeaturePoint> decoder = format.open(SchemaRegistry.at(config.schemaRegistryUrl()));
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(config)) {
      Map<TopicPartition, Long> ends = ends(consumer, topic, config.bootstrapServers());
      List<Map.Entry<TopicPartition, Long>> inOrder = new ArrayList<>(ends.entrySet());
      inOrder.sort(Comparator.comparingInt(end -> end.getKey().partition()));
      for (Map.Entry<TopicPartition, Long> end : inOrder) {
        table.readPartition(consumer, end.getKey(), end.getValue(), decoder, format.newPoint());
      }
    }
    if (table.rows.isEmpty()) {
      throw new ConfigException(
          topic
              + ": nothing in it can be learned from"
              + (table.dropped.isEmpty() ? ", it is empty" : "; dropped: " + table.dropped));
    }
    return table;
  }

  /** The points, {@code [n][d]}. */
  public float[][] rows() {
    return rows.toArray(new float[0][]);
  }

  /** Points in the topic, of which the rows may be a sample. */
  public long seen() {
    return seen;
  }

  /** Records that cannot be learned from, by reason. */
  public Map<String, Long> dropped() {
    return Map.copyOf(dropped);
  }

  /** After the last records read. */
  public List<LearnedOffset> offsets() {
    return List.copyOf(offsets);
  }

  /** The latest event time. */
  public Instant eventTime() {
    return Instant.ofEpochMilli(eventTimeMs);
  }

  private void readPartition(
      KafkaConsumer<byte[], byte[]> consumer,
      TopicPartition partition,
      long end,
      PointDecoder<FeaturePoint> decoder,
      FeaturePoint point) {
    consumer.assign(Set.of(partition));
    consumer.seekToBeginning(Set.of(partition));
    long heardNs = System.nanoTime();
    long position = consumer.position(partition);
    while (position < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (record.offset() < end) {
          take(record, decoder, point);
        }
      }
      long before = position;
      position = consumer.position(partition);
      if (position > before) {
        heardNs = System.nanoTime();
      } else if (System.nanoTime() - heardNs > SILENCE_MAX.toNanos()) {
        throw new ConfigException(
            "%s: no answer from the brokers for %d s at offset %d of %d"
                .formatted(partition, SILENCE_MAX.toSeconds(), position, end));
      }
    }
    offsets.add(new LearnedOffset(partition.topic(), partition.partition(), end));
  }

  private void take(
      ConsumerRecord<byte[], byte[]> record,
      PointDecoder<FeaturePoint> decoder,
      FeaturePoint point) {
    try {
      decoder.decode(record, point);
    } catch (UndecodableRecordException e) {
      dropped.merge(e.reason(), 1L, Long::sum);
      return;
    }
    eventTimeMs = Math.max(eventTimeMs, point.eventTimeMs);
    seen++;
    if (rows.size() < rowsMax) {
      rows.add(point.values.clone());
      return;
    }
    long place = random.nextLong(seen);
    if (place < rowsMax) {
      rows.set((int) place, point.values.clone());
    }
  }

  private static Map<TopicPartition, Long> ends(
      KafkaConsumer<byte[], byte[]> consumer, String topic, String brokers) {
    try {
      List<PartitionInfo> found = consumer.partitionsFor(topic, SILENCE_MAX);
      if (found == null || found.isEmpty()) {
        throw new ConfigException(topic + ": there is no such topic");
      }
      return consumer.endOffsets(
          found.stream().map(p -> new TopicPartition(topic, p.partition())).toList());
    } catch (TimeoutException e) {
      throw new ConfigException(
          "no answer from the brokers at %s for %d s".formatted(brokers, SILENCE_MAX.toSeconds()),
          e);
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer(TrainerConfig config) {
    Map<String, Object> settings = config.kafkaSettings();
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
