package io.shoal.jobs;

import static io.shoal.jobs.TrainerHarness.CENTRES;
import static io.shoal.jobs.TrainerHarness.FEATURES;
import static io.shoal.jobs.TrainerHarness.assertGapless;
import static io.shoal.jobs.TrainerHarness.learned;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.schemas.avro.DriftEvent;
import io.shoal.schemas.avro.LearnedOffset;
import io.shoal.schemas.avro.ModelVersion;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingJobIT {
  private static final int POINTS = 20_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Path GOLDEN =
      Path.of("src", "test", "resources", "golden", "0.1.0", "savepoint-metadata.bin");

  @TempDir static Path shared;
  private static EmbeddedKafka kafka;
  private static EmbeddedSchemaRegistry schemas;

  @TempDir Path checkpoints;
  private TrainerHarness harness;

  @BeforeAll
  static void startBrokerAndRegistry() {
    kafka = EmbeddedKafka.start(shared.resolve("kafka"), 0);
    schemas = EmbeddedSchemaRegistry.start(shared.resolve("schemas"), 0);
  }

  @AfterAll
  static void stopBrokerAndRegistry() {
    schemas.close();
    kafka.close();
  }

  @BeforeEach
  void createTopics(TestInfo test) {
    String prefix = Integer.toHexString(test.getDisplayName().hashCode()) + ".";
    harness =
        new TrainerHarness(
            kafka, schemas, test.getTestMethod().orElseThrow().getName() + "." + prefix);
  }

  @AfterEach
  void closeHarness() {
    harness.close();
  }

  @Test
  void shouldPublishCandidatesNearTheTrueClusters() {
    harness.produce(POINTS);
    harness.sendLabel(CENTRES[2], true);
    try (LocalTrainer trainer = start(Map.of())) {
      List<ModelVersion> versions =
          harness.candidatesUntil(learned(POINTS).and(v -> labelOffset(v) == 1));

      assertGapless(versions);
      ModelVersion last = versions.get(versions.size() - 1);
      assertFoundAllCentres(last);
      assertThat(last.getFingerprint()).isEqualTo(FEATURES.fingerprint());
      assertThat(last.getFeatures()).isEqualTo(FEATURES.modelFeatures());
      assertThat(last.getEventTime().toEpochMilli()).isEqualTo(POINTS - 1);
      assertThat(featureOffsets(last)).isEqualTo(POINTS);
      assertThat(events(trainer)).isEqualTo(POINTS);
      assertThat(trainer.progress().labelsLearned()).isEqualTo(1);
      assertThat(trainer.progress().jobId()).isEqualTo(last.getJobId());
      assertThat(trainer.progress().kernel()).isEqualTo("scalar");
      assertThat(trainer.failure()).isEmpty();
    }
  }

  @Test
  void shouldReadWithParallelSources() {
    harness.produce(POINTS);
    try (LocalTrainer trainer = start(Map.of(TrainerConfig.SOURCE_PARALLELISM, "2"))) {
      List<ModelVersion> versions = harness.candidatesUntil(learned(POINTS));

      assertGapless(versions);
      assertThat(featureOffsets(versions.get(versions.size() - 1))).isEqualTo(POINTS);
      assertThat(trainer.progress().dropped()).isZero();
    }
  }

  @Test
  void shouldTellOfDriftAndOfItsEndOnATopic() {
    Map<String, String> quick = Map.of(TrainerConfig.DRIFT_CLEAR_EVENTS, "5000");
    harness.produce(2 * POINTS);
    try (LocalTrainer trainer = start(quick)) {
      await().atMost(TIMEOUT).until(() -> events(trainer) == 2 * POINTS);
      assertThat(trainer.progress().drifting()).isFalse();
      harness.produce(POINTS, 1);
      List<DriftEvent> events =
          harness.driftEventsUntil(event -> event.getChange().equals("CLEARED"));

      assertThat(events).extracting(DriftEvent::getChange).containsExactly("STARTED", "CLEARED");
      assertThat(events).extracting(DriftEvent::getSequence).containsExactly(1L, 2L);
      assertThat(events.get(0).getEvents()).isBetween(2L * POINTS, 2L * POINTS + 2_000);
      assertThat(events.get(0).getJobId()).isEqualTo(trainer.progress().jobId());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldGoOnWithoutGapOrDuplicateAfterRestart(boolean inOrder) {
    Consumer<LocalTrainer> end = inOrder ? trainer -> {} : LocalTrainer::cancel;
    long restarts = 3;
    for (long i = 1; i <= restarts; i++) {
      try (LocalTrainer trainer = start(Map.of())) {
        harness.produce(POINTS);
        long wanted = i * POINTS - POINTS / 2;
        await().atMost(TIMEOUT).until(() -> events(trainer) >= wanted);
        end.accept(trainer);
      }
    }
    try (LocalTrainer trainer = start(Map.of())) {
      List<ModelVersion> versions = harness.candidatesUntil(learned(restarts * POINTS));

      assertGapless(versions);
      assertFoundAllCentres(versions.get(versions.size() - 1));
      // The last version may be from before the restart: then the job is still being restored.
      await().atMost(TIMEOUT).until(() -> events(trainer) >= restarts * POINTS);
      assertThat(events(trainer)).isEqualTo(restarts * POINTS);
    }
  }

  @Test
  void shouldGoOnFromOlderCheckpointWhenNewestIsUnreadable() throws IOException {
    String jobId;
    try (LocalTrainer trainer = start(Map.of())) {
      harness.produce(POINTS);
      harness.candidatesUntil(learned(POINTS));
      await().atMost(TIMEOUT).until(() -> complete().size() >= 2);
      jobId = trainer.progress().jobId();
      trainer.cancel();
    }
    Path newest = Collections.max(complete(), TrainingJobIT::compareModified);
    try (FileChannel file = FileChannel.open(newest, StandardOpenOption.WRITE)) {
      file.truncate(file.size() / 2);
    }
    try (LocalTrainer trainer = start(Map.of())) {
      harness.produce(POINTS);
      List<ModelVersion> versions = harness.candidatesUntil(learned(2L * POINTS));

      assertThat(versions).allSatisfy(v -> assertThat(v.getJobId()).isEqualTo(jobId));
      assertThat(events(trainer)).isEqualTo(2L * POINTS);
    }
  }

  /**
   * Holds the names of operators and states, and what they hold, to what a release wrote. {@code
   * -Dshoal.golden.write=true} writes the savepoint anew.
   */
  @Test
  void shouldGoOnFromTheSavepointOfARelease() throws IOException {
    try (TrainerHarness golden = new TrainerHarness(kafka, schemas, "golden.")) {
      golden.produce(POINTS);
      boolean write = Boolean.getBoolean("shoal.golden.write");
      if (write) {
        writeGolden(golden);
      }
      golden.produce(POINTS);
      Path savepoint = Files.createDirectories(checkpoints.resolve("savepoint-golden"));
      Files.copy(GOLDEN, savepoint.resolve("_metadata"));
      try (LocalTrainer trainer = LocalTrainer.start(golden.config(checkpoints, Map.of()))) {
        List<ModelVersion> versions = golden.candidatesUntil(learned(2L * POINTS));

        // Version 1 went to the broker of that time.
        ModelVersion first = versions.get(write ? 1 : 0);
        assertThat(first.getSequence()).isEqualTo(2);
        assertThat(trainer.progress().jobId()).isEqualTo(first.getJobId());
        assertThat(events(trainer)).isEqualTo(2L * POINTS);
        assertFoundAllCentres(versions.get(versions.size() - 1));
      }
    }
  }

  /** One version was published, so that the savepoint has no transaction of another broker. */
  private static void writeGolden(TrainerHarness golden) throws IOException {
    Path folder = shared.resolve("golden");
    Map<String, String> pause = Map.of(TrainerConfig.PUBLISH_INTERVAL_MS, "86400000");
    try (LocalTrainer trainer = LocalTrainer.start(golden.config(folder, pause))) {
      await().atMost(TIMEOUT).until(() -> events(trainer) == POINTS);
      golden.candidatesUntil(version -> true);
    }
    try (var files = Files.walk(folder)) {
      Path metadata =
          files
              .filter(f -> f.endsWith("_metadata") && f.toString().contains("savepoint-"))
              .findFirst()
              .orElseThrow();
      Files.createDirectories(GOLDEN.getParent());
      Files.copy(metadata, GOLDEN, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Test
  void shouldDropAndCountWhatCannotBeLearnedFrom() {
    List<Float> zeros = Collections.nCopies(FEATURES.dimension(), 0f);
    List<Float> notFinite = new ArrayList<>(zeros);
    notFinite.set(FEATURES.dimension() - 1, Float.NaN);
    harness.produce(POINTS / 2);
    harness.sendBytes("no avro".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    harness.sendBytes(new byte[] {0, 0x7f, 0, 0, 0, 1});
    harness.sendBytes(null);
    harness.send(harness.vector("another", zeros));
    harness.send(harness.vector(FEATURES.fingerprint(), zeros.subList(1, zeros.size())));
    harness.send(harness.vector(FEATURES.fingerprint(), notFinite));
    harness.produce(POINTS / 2);
    try (LocalTrainer trainer = start(Map.of())) {
      List<ModelVersion> versions = harness.candidatesUntil(learned(POINTS));

      assertThat(trainer.progress().dropped()).isEqualTo(6);
      assertThat(events(trainer)).isEqualTo(POINTS);
      assertFoundAllCentres(versions.get(versions.size() - 1));
      assertThat(trainer.failure()).isEmpty();
    }
  }

  @Test
  void shouldEndWithAReasonWhenStateIsOfOtherParameters() {
    harness.produce(POINTS);
    try (LocalTrainer trainer = start(Map.of())) {
      await().atMost(TIMEOUT).until(() -> events(trainer) == POINTS);
    }
    try (LocalTrainer trainer = start(Map.of(TrainerConfig.MODEL_K, "5"))) {
      await().atMost(TIMEOUT).until(() -> trainer.failure().isPresent());

      assertThat(trainer.failure().orElseThrow())
          .hasStackTraceContaining("its model.k is 4, not 5")
          .hasStackTraceContaining("checkpoint.dir");
    }
  }

  private static long events(LocalTrainer trainer) {
    return trainer.progress().eventsLearned() + trainer.progress().eventsQuarantined();
  }

  private LocalTrainer start(Map<String, String> more) {
    return LocalTrainer.start(harness.config(checkpoints, more));
  }

  private List<Path> complete() throws IOException {
    try (var files = Files.walk(checkpoints)) {
      return files.filter(f -> f.endsWith("_metadata")).toList();
    }
  }

  private static int compareModified(Path a, Path b) {
    try {
      return Files.getLastModifiedTime(a).compareTo(Files.getLastModifiedTime(b));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static long featureOffsets(ModelVersion version) {
    return version.getOffsets().stream()
        .filter(o -> o.getTopic().endsWith("features"))
        .mapToLong(LearnedOffset::getNextOffset)
        .sum();
  }

  private static long labelOffset(ModelVersion version) {
    return version.getOffsets().stream()
        .filter(o -> o.getTopic().endsWith("feedback"))
        .mapToLong(LearnedOffset::getNextOffset)
        .sum();
  }

  private static void assertFoundAllCentres(ModelVersion version) {
    assertThat(centresFound(version)).as("%s", version).isEqualTo(CENTRES.length);
  }

  /** Number of true centres that have a centroid near them. */
  private static int centresFound(ModelVersion version) {
    int d = version.getFeatures().size();
    int found = 0;
    for (float centre : CENTRES) {
      for (int j = 0; j < version.getCentroids().size() / d; j++) {
        boolean near =
            version.getCentroids().subList(j * d, (j + 1) * d).stream()
                .allMatch(c -> Math.abs(c - centre) < 0.1);
        if (near) {
          found++;
          break;
        }
      }
    }
    return found;
  }
}
