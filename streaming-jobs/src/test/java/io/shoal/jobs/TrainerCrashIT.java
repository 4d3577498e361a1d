package io.shoal.jobs;

import static io.shoal.jobs.TrainerHarness.assertGapless;
import static io.shoal.jobs.TrainerHarness.learned;
import static io.shoal.jobs.TrainerHarness.seen;
import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.schemas.avro.ModelVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills the whole job, as the operating system would, in the middle of its work. */
class TrainerCrashIT {
  private static final int KILLS = 20;

  /** One start in this many is killed before it has restored its state. */
  private static final int EARLY = 5;

  private static final int BATCH = 256;
  private static final int CHUNK = 3 * BATCH;
  private static final String UNINTERRUPTED = "uninterrupted";

  /**
   * Often, so that a kill is likely to hit between a checkpoint and the commit that follows it; and
   * mini-batches that only fill, of one partition, so that each run has the same ones.
   */
  private static final Map<String, String> CADENCE =
      Map.of(
          TrainerConfig.MODEL_HALF_LIFE, "5s",
          TrainerConfig.CHECKPOINT_INTERVAL_MS, "100",
          TrainerConfig.PUBLISH_INTERVAL_MS, "20",
          TrainerConfig.BATCH_SIZE, String.valueOf(BATCH),
          TrainerConfig.BATCH_INTERVAL_MS, "60000");

  @TempDir Path directory;

  @Test
  void shouldEndAsIfItHadNeverBeenKilled() throws Exception {
    SplittableRandom random = new SplittableRandom(11);
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        EmbeddedSchemaRegistry schemas =
            EmbeddedSchemaRegistry.start(directory.resolve("schemas"), 0);
        TrainerHarness harness = new TrainerHarness(kafka, schemas, "", 1)) {
      Path checkpoints = directory.resolve("checkpoints");
      Path settings = write(harness.values(checkpoints, CADENCE));
      long produced = 0;
      for (int kill = 1; kill <= KILLS; kill++) {
        produced += produce(harness, 4 * CHUNK);
        Process process = start(settings);
        try (BufferedReader output = process.inputReader()) {
          if (kill % EARLY == 0) {
            assertThat(process.waitFor(random.nextInt(3_000), TimeUnit.MILLISECONDS)).isFalse();
          } else {
            assertThat(output.lines().anyMatch("learning"::equals)).isTrue();
            int chunks = random.nextInt(1, 10);
            for (int c = 0; c < chunks; c++) {
              produced += produce(harness, CHUNK);
              assertThat(process.waitFor(random.nextInt(60), TimeUnit.MILLISECONDS)).isFalse();
            }
          }
        } finally {
          process.destroyForcibly().waitFor();
        }
      }

      List<ModelVersion> versions = run(harness, checkpoints, CADENCE, "default", produced);
      assertGapless(versions);
      assertThat(versions).hasSizeGreaterThan(KILLS);
      assertThat(seen(last(versions))).isEqualTo(produced);
      Map<String, String> other = new HashMap<>(CADENCE);
      other.put(TrainerConfig.MODEL_NAME, UNINTERRUPTED);
      assertSameModel(
          last(versions),
          last(run(harness, directory.resolve("other"), other, UNINTERRUPTED, produced)));
    }
  }

  private static int produce(TrainerHarness harness, int count) {
    harness.produce(count);
    return count;
  }

  /** Lets the job come to the end of what there is, in peace. */
  private static List<ModelVersion> run(
      TrainerHarness harness,
      Path checkpoints,
      Map<String, String> more,
      String model,
      long produced) {
    LocalTrainer trainer = LocalTrainer.start(harness.config(checkpoints, more));
    try (trainer) {
      return harness
          .candidatesUntil(learned(produced).and(v -> v.getModelName().equals(model)))
          .stream()
          .filter(v -> v.getModelName().equals(model))
          .toList();
    }
  }

  private static ModelVersion last(List<ModelVersion> versions) {
    return versions.get(versions.size() - 1);
  }

  /** Bit for bit: equal floats and doubles of a finite model are the same bits but for zeros. */
  private static void assertSameModel(ModelVersion actual, ModelVersion expected) {
    assertThat(actual.getCentroids()).isEqualTo(expected.getCentroids());
    assertThat(actual.getScales()).isEqualTo(expected.getScales());
    assertThat(actual.getWeights()).isEqualTo(expected.getWeights());
    assertThat(actual.getClusterIds()).isEqualTo(expected.getClusterIds());
    assertThat(actual.getScoreSketch()).isEqualTo(expected.getScoreSketch());
  }

  private Path write(Map<String, String> values) throws IOException {
    Properties properties = new Properties();
    properties.putAll(values);
    Path file = directory.resolve("trainer.properties");
    try (Writer writer = Files.newBufferedWriter(file)) {
      properties.store(writer, null);
    }
    return file;
  }

  /** With what makes a JVM start fast: there are many of them. */
  private static Process start(Path settings) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            TrainerProcess.class.getName(),
            settings.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
