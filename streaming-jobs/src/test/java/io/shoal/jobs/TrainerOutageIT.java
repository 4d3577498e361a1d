package io.shoal.jobs;

import static io.shoal.jobs.TrainerHarness.assertGapless;
import static io.shoal.jobs.TrainerHarness.learned;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.schemas.avro.ModelVersion;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the job stands on goes away while it works, and comes back. */
class TrainerOutageIT {
  private static final int POINTS = 10_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(90);

  @TempDir Path directory;

  @Test
  void shouldLoseAndRepeatNothingWhenBrokerAndSchemaRegistryRestart() {
    EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
    EmbeddedSchemaRegistry schemas = EmbeddedSchemaRegistry.start(directory.resolve("schemas"), 0);
    try (TrainerHarness harness = new TrainerHarness(kafka, schemas, "", 1);
        LocalTrainer trainer =
            LocalTrainer.start(harness.config(directory.resolve("checkpoints"), Map.of()))) {
      harness.produce(POINTS);
      harness.candidatesUntil(learned(POINTS));

      kafka.close();
      kafka = EmbeddedKafka.start(directory.resolve("kafka"), port(kafka.bootstrapServers()));
      harness.produce(POINTS);
      List<ModelVersion> versions = harness.candidatesUntil(learned(2L * POINTS));
      assertGapless(versions);

      // Its schemas are known by now, so that the job does not even notice.
      int port = URI.create(schemas.url()).getPort();
      schemas.close();
      harness.produce(POINTS);
      await().atMost(TIMEOUT).until(() -> seen(trainer) == 3L * POINTS);
      schemas = EmbeddedSchemaRegistry.start(directory.resolve("schemas"), port);
      versions = harness.candidatesUntil(learned(3L * POINTS));
      assertGapless(versions);
      assertThat(seen(trainer)).isEqualTo(3L * POINTS);
      assertThat(trainer.failure()).isEmpty();
    } finally {
      schemas.close();
      kafka.close();
    }
  }

  private static long seen(LocalTrainer trainer) {
    return trainer.progress().eventsLearned() + trainer.progress().eventsQuarantined();
  }

  private static int port(String bootstrapServers) {
    return Integer.parseInt(bootstrapServers.substring(bootstrapServers.lastIndexOf(':') + 1));
  }
}
