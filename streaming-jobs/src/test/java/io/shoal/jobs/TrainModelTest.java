package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelProvider;
import io.shoal.schemas.avro.DriftEvent;
import io.shoal.schemas.avro.LearnedOffset;
import io.shoal.schemas.avro.ModelVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrainModelTest {
  private static final int D = 3;
  private static final int K = 4;
  private static final int BATCH = 100;
  private static final long BATCH_INTERVAL_MS = 50;
  private static final long PUBLISH_INTERVAL_MS = 1_000;
  private static final double PUBLISH_MOVEMENT = 1;
  static final long START_MS = 1_700_000_000_000L;

  private final List<TrainModelHarness> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (TrainModelHarness harness : opened) {
      harness.close();
    }
  }

  @Test
  void shouldPublishFirstVersionAsSoonAsTheLearnerHasStarted() throws Exception {
    TrainModelHarness harness = open(settings(K, 1, KernelChoice.SCALAR), null);
    int batches = 0;
    while (harness.versions().isEmpty()) {
      assertThat(batches).isLessThan(100);
      harness.add(block(batches++, BATCH));
    }

    ModelVersion first = harness.versions().get(0);
    assertThat(first.getModelName()).isEqualTo("cards");
    assertThat(first.getJobId()).isEqualTo("run-1");
    assertThat(first.getSequence()).isEqualTo(1);
    assertThat(first.getVersion()).isZero();
    assertThat(first.getFingerprint()).isEqualTo("f00d");
    assertThat(first.getFeatures()).containsExactly("a", "b", "c");
    assertThat(first.getCreatedAt().toEpochMilli()).isEqualTo(START_MS);
    assertThat(first.getEventTime().toEpochMilli()).isEqualTo(batches - 1L);
    assertThat(first.getOffsets())
        .containsExactly(new LearnedOffset("features", 0, (long) batches * BATCH));
    assertThat(first.getMetrics()).containsEntry("events_learned", (double) batches * BATCH);
  }

  @Test
  void shouldNotPublishAgainBeforeTheInterval() throws Exception {
    TrainModelHarness harness = started(settings(K, 1, KernelChoice.SCALAR));
    harness.add(block(100, BATCH));
    harness.setProcessingTime(START_MS + PUBLISH_INTERVAL_MS - 1);
    assertThat(harness.versions()).hasSize(1);
    harness.setProcessingTime(START_MS + PUBLISH_INTERVAL_MS);

    assertThat(harness.versions()).extracting(ModelVersion::getSequence).containsExactly(1L, 2L);
  }

  @Test
  void shouldNotPublishTheSameTwice() throws Exception {
    TrainModelHarness harness = started(settings(K, 1, KernelChoice.SCALAR));
    harness.setProcessingTime(START_MS + 10 * PUBLISH_INTERVAL_MS);
    assertThat(harness.versions()).hasSize(1);
    harness.add(block(100, BATCH));

    assertThat(harness.versions()).hasSize(2);
  }

  @Test
  void shouldWaitForEnoughBatches() throws Exception {
    TrainModelHarness harness = started(settings(K, 3, KernelChoice.SCALAR));
    harness.setProcessingTime(START_MS + PUBLISH_INTERVAL_MS);
    harness.add(block(100, BATCH));
    harness.add(block(101, BATCH));
    assertThat(harness.versions()).hasSize(1);
    harness.add(block(102, BATCH));

    assertThat(harness.versions()).hasSize(2);
  }

  @Test
  void shouldNotWaitForEnoughBatchesWhenACentreHasMovedFar() throws Exception {
    TrainModelHarness harness = started(settings(K, 1_000, KernelChoice.SCALAR));
    harness.setProcessingTime(START_MS + PUBLISH_INTERVAL_MS);
    harness.add(block(100, BATCH));
    assertThat(harness.versions()).hasSize(1);
    PointBlock elsewhere = block(101, 10 * BATCH);
    for (int i = 0; i < elsewhere.points.length; i++) {
      elsewhere.points[i] += 30;
    }
    harness.add(elsewhere);

    assertThat(harness.versions()).hasSize(2);
    assertThat(harness.lastVersion().getMetrics().get("centre_movement"))
        .isGreaterThan(PUBLISH_MOVEMENT);
  }

  @Test
  void shouldLearnFromMiniBatchesOfTheConfiguredSize() throws Exception {
    TrainModelHarness harness = started(settings(K, 1, KernelChoice.SCALAR));
    long batches = harness.progress().batches();
    long events = harness.events();
    harness.add(block(101, BATCH / 2));
    assertThat(harness.progress().batches()).isEqualTo(batches);
    harness.add(block(102, BATCH));
    assertThat(harness.progress().batches()).isEqualTo(batches + 1);
    assertThat(harness.events()).isEqualTo(events + BATCH);
    harness.add(block(103, 2 * BATCH + BATCH / 2));

    assertThat(harness.progress().batches()).isEqualTo(batches + 4);
    assertThat(harness.events()).isEqualTo(events + 4 * BATCH);
  }

  @Test
  void shouldLearnFromASmallerMiniBatchWhenItsFirstPointHasWaited() throws Exception {
    TrainModelHarness harness = started(settings(K, 1, KernelChoice.SCALAR));
    long batches = harness.progress().batches();
    long events = harness.events();
    harness.add(block(101, 7));
    harness.setProcessingTime(START_MS + BATCH_INTERVAL_MS - 1);
    assertThat(harness.events()).isEqualTo(events);
    harness.setProcessingTime(START_MS + BATCH_INTERVAL_MS);

    assertThat(harness.events()).isEqualTo(events + 7);
    assertThat(harness.progress().batches()).isEqualTo(batches + 1);
  }

  @Test
  void shouldTellOnlyOffsetsOfWhatWasLearned() throws Exception {
    TrainModelHarness harness = started(settings(K, 1, KernelChoice.SCALAR));
    long before = offset(harness.lastVersion());
    harness.setProcessingTime(START_MS + PUBLISH_INTERVAL_MS);
    harness.add(block(100, BATCH / 2));
    harness.add(block(101, BATCH));

    // The mini-batch took all of the first block, but only half of the second.
    assertThat(harness.versions()).hasSize(2);
    assertThat(offset(harness.lastVersion())).isEqualTo(before + BATCH / 2);
    harness.setProcessingTime(START_MS + 2 * PUBLISH_INTERVAL_MS);
    assertThat(offset(harness.lastVersion())).isEqualTo(before + BATCH / 2 + BATCH);
  }

  @Test
  void shouldGoOnBitForBitAfterRestore() throws Exception {
    Function<String, TrainerSettings> settings = settings(K, 1, KernelChoice.SCALAR);
    TrainModelHarness uninterrupted = started(settings);
    uninterrupted.label(1f, true, 0);
    uninterrupted.add(block(100, BATCH + 30));
    OperatorSubtaskState snapshot = uninterrupted.snapshot();

    TrainModelHarness restored = open(settings, snapshot);
    restored.nextOffset = uninterrupted.nextOffset;
    assertThat(restored.progress().jobId()).isEqualTo("run-1");
    for (TrainModelHarness harness : List.of(uninterrupted, restored)) {
      for (int i = 101; i < 120; i++) {
        harness.add(block(i, 2 * BATCH - i));
        harness.label(i, i % 2 == 0, i);
      }
    }
    // The timers of both fire at the same moment with the same points pending.
    uninterrupted.setProcessingTime(START_MS + PUBLISH_INTERVAL_MS);
    restored.setProcessingTime(START_MS + PUBLISH_INTERVAL_MS);

    assertThat(restored.stateBytes()).isEqualTo(uninterrupted.stateBytes());
    assertThat(restored.events()).isEqualTo(uninterrupted.events());
    assertThat(restored.progress().labelsLearned()).isEqualTo(20);
  }

  @Test
  void shouldNumberOnFromTheRestoredSequence() throws Exception {
    Function<String, TrainerSettings> settings = settings(K, 1, KernelChoice.SCALAR);
    OperatorSubtaskState snapshot = started(settings).snapshot();
    TrainModelHarness restored = open(settings, snapshot);
    restored.add(block(100, BATCH));
    assertThat(restored.versions()).isEmpty();
    restored.setProcessingTime(START_MS + PUBLISH_INTERVAL_MS);

    assertThat(restored.versions())
        .singleElement()
        .satisfies(
            version -> {
              assertThat(version.getSequence()).isEqualTo(2);
              assertThat(version.getJobId()).isEqualTo("run-1");
            });
  }

  @Test
  void shouldTakeTheStateOfAJobWithLargerMiniBatches() throws Exception {
    TrainModelHarness harness = started(settings(K, 1, KernelChoice.SCALAR));
    long events = harness.events();
    harness.add(block(100, 70));
    TrainModelHarness restored = open(settings(K, 1, KernelChoice.SCALAR, 20), harness.snapshot());

    assertThat(restored.events()).isEqualTo(events + 60);
  }

  @Test
  void shouldEndForGoodWhenTheStateIsOfAnotherModel() throws Exception {
    OperatorSubtaskState snapshot = started(settings(K, 1, KernelChoice.SCALAR)).snapshot();

    assertThatThrownBy(() -> open(settings(K + 1, 1, KernelChoice.SCALAR), snapshot))
        .isInstanceOf(SuppressRestartsException.class)
        .hasRootCauseMessage("its model.k is 4, not 5");
  }

  @Test
  void shouldEndForGoodWhenTheForcedKernelIsNotThere() {
    assertThatThrownBy(() -> open(settings(K, 1, KernelChoice.OPENCL), null))
        .isInstanceOf(SuppressRestartsException.class)
        .hasStackTraceContaining("KernelUnavailableException");
  }

  /** A harness that has published its first version, at START_MS. */
  private TrainModelHarness started(Function<String, TrainerSettings> settings) throws Exception {
    TrainModelHarness harness = open(settings, null);
    for (int i = 0; harness.versions().isEmpty(); i++) {
      assertThat(i).isLessThan(100);
      harness.add(block(i, BATCH));
    }
    return harness;
  }

  private TrainModelHarness open(
      Function<String, TrainerSettings> settings, OperatorSubtaskState state) throws Exception {
    TrainModelHarness harness = new TrainModelHarness(settings, "run-" + (opened.size() + 1));
    opened.add(harness);
    harness.open(state);
    return harness;
  }

  private static Function<String, TrainerSettings> settings(
      int k, int publishBatches, KernelChoice kernel) {
    return settings(k, publishBatches, kernel, BATCH);
  }

  /** Settings by the id of the progress to write to. */
  private static Function<String, TrainerSettings> settings(
      int k, int publishBatches, KernelChoice kernel, int batchSize) {
    return progressId ->
        new TrainerSettings(
            "cards",
            k,
            List.of("a", "b", "c"),
            List.of(),
            "f00d",
            null,
            1,
            kernel,
            1,
            batchSize,
            BATCH_INTERVAL_MS,
            PUBLISH_INTERVAL_MS,
            publishBatches,
            PUBLISH_MOVEMENT,
            0.25,
            20_000,
            1,
            null,
            "features",
            "feedback",
            progressId);
  }

  /** A checkpoint cuts blocks where it comes; the decay of a mini-batch must not depend on it. */
  @Test
  void shouldLearnTheSameWhereverBlocksAreCut() throws Exception {
    List<byte[]> models = new ArrayList<>();
    for (int cut : new int[] {BATCH, 2 * BATCH, BATCH / 3}) {
      ModelTrainer trainer =
          new ModelTrainer(
              TrainerSettings.of(
                  new TrainerConfig(
                      Map.of(
                          "bootstrap.servers", "none:1",
                          "schema.registry.url", "http://none",
                          "vectors.topic", "none",
                          "model.features", "a,b,c",
                          "model.k", String.valueOf(K),
                          "model.half.life", "2s",
                          "batch.size", String.valueOf(BATCH))),
                  ""),
              KernelProvider.load(KernelChoice.SCALAR, 1),
              "run");
      OpenBlock open = new OpenBlock(D, cut);
      PointBlock all = block(1, 100 * BATCH);
      for (int i = 0; i < all.n; i++) {
        FeaturePoint point = new FeaturePoint();
        point.values = Arrays.copyOfRange(all.points, i * D, (i + 1) * D);
        point.offset = i;
        if (open.add(point, i)) {
          trainer.add(open.take(""));
        }
      }
      if (!open.isEmpty()) {
        trainer.add(open.take(""));
      }
      models.add(trainer.publish(Instant.EPOCH).modelVersion);
    }

    assertThat(models).allSatisfy(model -> assertThat(model).isEqualTo(models.get(0)));
  }

  @Test
  void shouldTellOfADriftOnceAlsoAcrossARestore() throws Exception {
    TrainModelHarness harness = started(settings(K, 1, KernelChoice.SCALAR));
    for (int seed = 200; seed < 240; seed++) {
      harness.add(block(seed, 1_000));
    }
    assertThat(harness.driftEvents()).isEmpty();
    harness.add(moved(block(300, 5_000)));

    assertThat(harness.driftEvents()).hasSize(1);
    DriftEvent event = harness.driftEvents().get(0);
    assertThat(event.getSequence()).isEqualTo(1);
    assertThat(event.getJobId()).isEqualTo("run-1");
    assertThat(event.getChange()).isEqualTo("STARTED");
    assertThat(event.getCause()).isEqualTo("DISTANCE");
    assertThat(event.getEventTime().toEpochMilli()).isEqualTo(300);
    assertThat(event.getModelSequence()).isEqualTo(1);
    TrainModelHarness restored = open(settings(K, 1, KernelChoice.SCALAR), harness.snapshot());
    assertThat(restored.progress().drifting()).isTrue();
    restored.add(moved(block(301, 5_000)));
    restored.setProcessingTime(START_MS + PUBLISH_INTERVAL_MS);
    assertThat(restored.driftEvents()).isEmpty();
    assertThat(restored.lastVersion().getMetrics()).containsEntry("drift", 1.0);
  }

  private static PointBlock moved(PointBlock block) {
    for (int i = 0; i < block.points.length; i++) {
      block.points[i] += 3;
    }
    return block;
  }

  private static long offset(ModelVersion version) {
    return version.getOffsets().get(0).getNextOffset();
  }

  /** A block of random points; its seed is its event time. */
  private static PointBlock block(int seed, int n) {
    SplittableRandom random = new SplittableRandom(seed);
    PointBlock block = new PointBlock();
    block.n = n;
    block.d = D;
    block.points = new float[n * D];
    for (int i = 0; i < block.points.length; i++) {
      block.points[i] = (float) random.nextGaussian() + (i / D % K) * 10;
    }
    block.eventTimeMs = seed;
    block.partitions = new int[] {0};
    return block;
  }
}
