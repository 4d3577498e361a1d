package io.shoal.benchmarks.stream;

import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Sends at a steady rate and reads what comes out: the latency is from when a record was sent until
 * a consumer of committed records has its answer.
 */
final class LatencyRun implements AutoCloseable {
  private static final long LATENCY_MS_MAX = 600_000;
  private static final Duration TAIL = Duration.ofSeconds(2);

  private final StreamBroker broker;
  private final int perSecond;
  private final IntFunction<ProducerRecord<String, byte[]>> traffic;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Thread sender;
  private volatile boolean ended;

  /** What was seen of the records that were sent in a period. */
  record Seen(Histogram latencyMs, long unscored) {
    double p50() {
      return latencyMs.getValueAtPercentile(50);
    }

    double p99() {
      return latencyMs.getValueAtPercentile(99);
    }

    double max() {
      return latencyMs.getMaxValue();
    }
  }

  /** Starts to send. */
  LatencyRun(
      StreamBroker broker,
      String output,
      int perSecond,
      IntFunction<ProducerRecord<String, byte[]>> traffic,
      int from) {
    this.broker = broker;
    this.perSecond = perSecond;
    this.traffic = traffic;
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", broker.brokers());
    settings.put("isolation.level", "read_committed");
    settings.put("receive.buffer.bytes", -1);
    consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    Set<TopicPartition> partitions =
        IntStream.range(0, StreamBroker.PARTITIONS)
            .mapToObj(p -> new TopicPartition(output, p))
            .collect(Collectors.toSet());
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    sender = new Thread(() -> send(from), "load");
    sender.start();
  }

  private void send(int from) {
    try (KafkaProducer<String, byte[]> producer = broker.producer()) {
      long startedNs = System.nanoTime();
      for (int i = 0; !ended; i++) {
        long dueNs = startedNs + i * (1_000_000_000L / perSecond);
        while (System.nanoTime() < dueNs) {
          LockSupport.parkNanos(200_000);
        }
        var unused = producer.send(traffic.apply(from + i));
      }
    }
  }

  /** Lets it run for a while without looking. */
  void pass(Duration duration) {
    measure(duration, false);
  }

  /**
   * Measures the records that are sent from now on for so long.
   *
   * @param predictions whether the output is predictions, of which those without a score are
   *     counted
   */
  Seen measure(Duration duration, boolean predictions) {
    Histogram latency = new Histogram(LATENCY_MS_MAX, 3);
    AvroDeserializer<Prediction> decoder =
        new AvroDeserializer<>(SchemaRegistry.at(broker.registryUrl()), Prediction.class);
    long fromMs = System.currentTimeMillis();
    long toMs = fromMs + duration.toMillis();
    long unscored = 0;
    while (System.currentTimeMillis() < toMs + TAIL.toMillis()) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(10))) {
        if (record.timestamp() >= fromMs && record.timestamp() < toMs) {
          latency.recordValue(
              Math.max(
                  0, Math.min(LATENCY_MS_MAX, System.currentTimeMillis() - record.timestamp())));
          if (predictions) {
            Prediction prediction = decoder.deserialize(record.topic(), record.value());
            unscored += prediction == null || prediction.getDecision() == Decision.UNSCORED ? 1 : 0;
          }
        }
      }
    }
    return new Seen(latency, unscored);
  }

  @Override
  public void close() {
    ended = true;
    try {
      sender.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    consumer.close();
  }
}
