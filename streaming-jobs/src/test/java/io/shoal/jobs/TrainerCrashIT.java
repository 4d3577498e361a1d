package io.shoal.jobs;

import static io.shoal.jobs.TrainerHarness.assertGapless;
import static io.shoal.jobs.TrainerHarness.learned;
import static io.shoal.jobs.TrainerHarness.seen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.schemas.avro.ModelVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills the whole job, as the operating system would, in the middle of its work. */
class TrainerCrashIT {
  private static final int KILLS = 3;
  private static final int POINTS = 2_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** Often, so that a kill is likely to hit between a checkpoint and the commit that follows it. */
  private static final Map<String, String> CADENCE =
      Map.of(
          TrainerConfig.CHECKPOINT_INTERVAL_MS, "100",
          TrainerConfig.PUBLISH_INTERVAL_MS, "20",
          TrainerConfig.BATCH_INTERVAL_MS, "10");

  @TempDir Path directory;

  @Test
  void shouldNeitherLoseNorDoubleAVersionWhenKilled() throws Exception {
    SplittableRandom random = new SplittableRandom(11);
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        EmbeddedSchemaRegistry schemas =
            EmbeddedSchemaRegistry.start(directory.resolve("schemas"), 0);
        TrainerHarness harness = new TrainerHarness(kafka, schemas, "")) {
      Path checkpoints = directory.resolve("checkpoints");
      Path settings = write(harness.values(checkpoints, CADENCE));
      long produced = 0;
      for (int i = 0; i < KILLS; i++) {
        harness.produce(POINTS);
        produced += POINTS;
        Process process = start(settings);
        try (BufferedReader output = process.inputReader()) {
          assertThat(output.lines().anyMatch("learning"::equals)).isTrue();
          int chunks = random.nextInt(1, 20);
          for (int c = 0; c < chunks; c++) {
            harness.produce(POINTS / 10);
            produced += POINTS / 10;
            assertThat(process.waitFor(random.nextInt(20, 80), TimeUnit.MILLISECONDS)).isFalse();
          }
        } finally {
          process.destroyForcibly().waitFor();
        }
      }
      try (LocalTrainer trainer = LocalTrainer.start(harness.config(checkpoints, CADENCE))) {
        List<ModelVersion> versions = harness.candidatesUntil(learned(produced));

        assertGapless(versions);
        assertThat(versions).hasSizeGreaterThan(KILLS);
        assertThat(seen(versions.get(versions.size() - 1))).isEqualTo(produced);
        // The last version may be from before the last kill: then the job is still being restored.
        TrainerProgress progress = trainer.progress();
        long all = produced;
        await()
            .atMost(TIMEOUT)
            .until(() -> progress.eventsLearned() + progress.eventsQuarantined() >= all);
        assertThat(progress.eventsLearned() + progress.eventsQuarantined()).isEqualTo(produced);
      }
    }
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

  private static Process start(Path settings) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-cp",
            System.getProperty("java.class.path"),
            TrainerProcess.class.getName(),
            settings.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
