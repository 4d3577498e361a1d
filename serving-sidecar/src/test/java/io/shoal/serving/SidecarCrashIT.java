package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shoal.schemas.FloatArrays;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.FeatureVector;
import io.shoal.schemas.avro.Feedback;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.Transaction;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two sidecars under load, of which one after the other is killed at random. */
class SidecarCrashIT {
  private static final int KILLS = 20;
  private static final long SEED = 20;

  /** Transactions a second, and how many of them pass between two kills. */
  private static final int RATE = 600;

  private static final int BETWEEN_MIN = 150;
  private static final int BETWEEN_MAX = 1_600;

  /** Labels come so many transactions after theirs. */
  private static final int LABEL_DELAY = 1_000;

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Topics TOPICS = new Topics("");

  @TempDir Path folder;

  private final CardTraffic traffic = new CardTraffic(SEED);
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicBoolean ended = new AtomicBoolean();

  @Test
  void shouldPredictOnceAndKeepTheAggregatesWhenKilledTwentyTimes() throws Exception {
    try (TestKafka kafka = new TestKafka(folder)) {
      kafka.createTopics(TOPICS.prefix());
      Thread load = new Thread(() -> send(kafka), "load");
      try (SidecarProcess one = sidecar(kafka, "one");
          SidecarProcess two = sidecar(kafka, "two")) {
        one.awaitUrl();
        two.awaitUrl();
        load.start();
        killAtRandom(List.of(one, two));
        ended.set(true);
        load.join();
        int count = sent.get();
        CardTraffic.Expected expected = traffic.expected(count, count);
        verifyPredictions(kafka, count);
        verifyVectors(kafka, count, expected);
        verifyFeedback(kafka, count);
        verifyReplicas(kafka, expected);
      }
    }
  }

  private void killAtRandom(List<SidecarProcess> sidecars) throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int kill = 0; kill < KILLS; kill++) {
      int next = sent.get() + random.nextInt(BETWEEN_MIN, BETWEEN_MAX);
      await().atMost(PATIENCE).until(() -> sent.get() >= next);
      SidecarProcess victim = sidecars.get(random.nextInt(sidecars.size()));
      victim.kill();
      victim.restart();
    }
  }

  /** At a steady rate; the labels of frauds follow later, the last ones at the end. */
  private void send(TestKafka kafka) {
    try (KafkaProducer<String, Object> producer = kafka.producer()) {
      long startedNs = System.nanoTime();
      int i = 0;
      for (; !ended.get(); i++) {
        Transaction transaction = traffic.transaction(i);
        send(producer, TOPICS.transactions(), transaction.getCustomerId(), transaction);
        if (i >= LABEL_DELAY) {
          label(producer, i - LABEL_DELAY);
        }
        sent.set(i + 1);
        LockSupport.parkNanos(startedNs + (i + 1) * (1_000_000_000L / RATE) - System.nanoTime());
      }
      for (int rest = Math.max(0, i - LABEL_DELAY); rest < i; rest++) {
        label(producer, rest);
      }
    }
  }

  private void label(KafkaProducer<String, Object> producer, int number) {
    if (traffic.isFraud(number)) {
      send(producer, TOPICS.labels(), "t-" + number, traffic.label(number));
    }
  }

  private static void send(
      KafkaProducer<String, Object> producer, String topic, String key, Object value) {
    var unused = producer.send(new ProducerRecord<>(topic, key, value));
  }

  private static void verifyPredictions(TestKafka kafka, int count) {
    Map<String, Integer> predicted = new HashMap<>();
    try (KafkaConsumer<String, Prediction> predictions =
        kafka.consumer(TOPICS.predictions(), Prediction.class)) {
      readUntil(
          predictions,
          count,
          record -> predicted.merge(record.value().getTransactionId(), 1, Integer::sum));
    }
    assertThat(predicted).hasSize(count).allSatisfy((id, times) -> assertThat(times).isEqualTo(1));
  }

  private static void verifyVectors(TestKafka kafka, int count, CardTraffic.Expected expected) {
    List<FeatureVector> vectors = new ArrayList<>();
    try (KafkaConsumer<String, FeatureVector> features =
        kafka.consumer(TOPICS.features(), FeatureVector.class)) {
      readUntil(features, count, record -> vectors.add(record.value()));
    }
    assertThat(vectors).hasSize(count);
    for (FeatureVector vector : vectors) {
      float[] is = FloatArrays.toArray(vector.getValues());
      float[] must = expected.vectors.get(vector.getTransactionId());
      for (int f = 0; f < is.length; f++) {
        if (CardTraffic.isInLine(f)) {
          assertThat(is[f])
              .as(vector.getTransactionId() + " " + TestModels.FEATURES.names().get(f))
              .isEqualTo(must[f]);
        }
      }
    }
  }

  private void verifyFeedback(TestKafka kafka, int count) {
    Set<String> frauds = new HashSet<>();
    for (int i = 0; i < count; i++) {
      if (traffic.isFraud(i)) {
        frauds.add("t-" + i);
      }
    }
    List<String> joined = new ArrayList<>();
    try (KafkaConsumer<String, Feedback> feedback =
        kafka.consumer(TOPICS.feedback(), Feedback.class)) {
      readUntil(feedback, frauds.size(), record -> joined.add(record.value().getTransactionId()));
    }
    assertThat(joined).containsExactlyInAnyOrderElementsOf(frauds);
  }

  /** The last state of each terminal is that of a run without a crash, byte for byte. */
  private static void verifyReplicas(TestKafka kafka, CardTraffic.Expected expected) {
    Map<String, byte[]> replicas = new HashMap<>();
    try (KafkaConsumer<String, byte[]> states =
        kafka.consumer("shoal-sidecar-secondary-windows-changelog", new ByteArrayDeserializer())) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                states
                    .poll(Duration.ofMillis(200))
                    .forEach(record -> replicas.put(record.key(), record.value()));
                assertThat(replicas).containsExactlyInAnyOrderEntriesOf(expected.replicas);
              });
    }
  }

  /** Reads until so many have come, and then whatever more is there. */
  private static <T> void readUntil(
      KafkaConsumer<String, T> consumer, int count, Consumer<ConsumerRecord<String, T>> sink) {
    int[] seen = {0};
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              for (ConsumerRecord<String, T> record : consumer.poll(Duration.ofMillis(200))) {
                sink.accept(record);
                seen[0]++;
              }
              return seen[0] >= count;
            });
    consumer.poll(Duration.ofMillis(500)).forEach(sink);
  }

  private SidecarProcess sidecar(TestKafka kafka, String name) throws Exception {
    Path own = folder.resolve(name);
    return new SidecarProcess(own, kafka.options("", own.resolve("state")));
  }
}
