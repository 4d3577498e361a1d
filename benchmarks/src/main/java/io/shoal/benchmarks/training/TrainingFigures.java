package io.shoal.benchmarks.training;

import io.shoal.cli.bench.BenchmarkRow;
import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The figures of the training job, each beside its reference. */
public final class TrainingFigures {
  private static final double MILLION = 1e6;

  /** Millions a second: the most that {@code OnlineKMeans} of Flink ML 2.3.0 did on two cores. */
  private static final double FLINK_ML_RECORDED = 0.23;

  private static final double FLINK_ML_BOUND = 10;
  private static final double KAFKA_BOUND = 0.6;
  private static final int CHECKPOINT_INTERVAL_MS = 1_000;
  private static final int VISIBLE_MS = 1_000;

  private final int memoryPoints;
  private final int peerPoints;
  private final int kafkaRecords;
  private final int versions;
  private final int rounds;

  private TrainingFigures(
      int memoryPoints, int peerPoints, int kafkaRecords, int versions, int rounds) {
    this.memoryPoints = memoryPoints;
    this.peerPoints = peerPoints;
    this.kafkaRecords = kafkaRecords;
    this.versions = versions;
    this.rounds = rounds;
  }

  /** Long enough for the compiler to settle; of several rounds the best. */
  public static TrainingFigures full() {
    return new TrainingFigures(12_000_000, 1_000_000, 2_000_000, 20, 2);
  }

  /** Too short for a figure. */
  static TrainingFigures quick() {
    return new TrainingFigures(400_000, 60_000, 60_000, 2, 1);
  }

  /** Measures. */
  public List<BenchmarkRow> rows(Consumer<String> progress) throws Exception {
    List<BenchmarkRow> rows = new ArrayList<>();
    progress.accept("Shoal's job from memory");
    double memory = best(() -> MemoryJobs.shoal(memoryPoints)) / MILLION;
    progress.accept("Flink ML's update, record by record, from memory");
    double peer = best(() -> MemoryJobs.flinkMl(peerPoints)) / MILLION;
    String shape = ", k " + MemoryJobs.K + " d " + MemoryJobs.D;
    rows.add(row("job from memory against Flink ML's update step" + shape, memory, peer, null));
    rows.add(
        row(
            "job from memory against Flink ML 2.3.0 as recorded" + shape,
            memory,
            FLINK_ML_RECORDED,
            FLINK_ML_BOUND));
    Path folder = Files.createTempDirectory("shoal-bench-training");
    try (EmbeddedSchemaRegistry schemas =
            EmbeddedSchemaRegistry.start(folder.resolve("schemas"), 0);
        EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0)) {
      rows.addAll(withKafka(folder, kafka, schemas, progress));
    } finally {
      delete(folder);
    }
    return rows;
  }

  private List<BenchmarkRow> withKafka(
      Path folder, EmbeddedKafka kafka, EmbeddedSchemaRegistry schemas, Consumer<String> progress)
      throws Exception {
    KafkaJobs jobs = new KafkaJobs(kafka.bootstrapServers(), schemas.url());
    progress.accept("writing %,d vectors".formatted(kafkaRecords));
    jobs.fill(kafkaRecords);
    progress.accept("versions on their way to the registry");
    double[] delays =
        VersionDelay.measure(
            jobs,
            folder,
            kafka.bootstrapServers(),
            schemas.url(),
            versions,
            CHECKPOINT_INTERVAL_MS);
    progress.accept("a job that deserializes and counts");
    double counted = best(() -> jobs.count(kafkaRecords)) / MILLION;
    progress.accept("Shoal's job from Kafka");
    List<Path> checkpoints = new ArrayList<>();
    double learned =
        best(
                () -> {
                  checkpoints.add(folder.resolve("checkpoints-" + checkpoints.size()));
                  return jobs.train(checkpoints.get(checkpoints.size() - 1), kafkaRecords);
                })
            / MILLION;
    Arrays.sort(delays);
    int allowedMs = VISIBLE_MS + CHECKPOINT_INTERVAL_MS;
    return List.of(
        row("job from Kafka against deserializing and counting", learned, counted, KAFKA_BOUND),
        delay("batch to registry, median", delays[delays.length / 2], allowedMs, null),
        delay(
            "batch to registry, slowest of " + delays.length,
            delays[delays.length - 1],
            allowedMs,
            1.0));
  }

  /** One measurement. */
  @FunctionalInterface
  private interface Measurement {
    double run() throws Exception;
  }

  /** What other work disturbed least. */
  private double best(Measurement measurement) throws Exception {
    double best = 0;
    for (int round = 0; round < rounds; round++) {
      best = Math.max(best, measurement.run());
    }
    return best;
  }

  private static BenchmarkRow row(
      String what, double value, double reference, @Nullable Double bound) {
    return new BenchmarkRow(what, value, "M points/s", reference, value / reference, bound);
  }

  private static BenchmarkRow delay(String what, double ms, int allowedMs, @Nullable Double bound) {
    return new BenchmarkRow(
        what + ", limit " + allowedMs + " ms", ms, "ms", allowedMs, allowedMs / ms, bound);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
