package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.shoal.schemas.avro.ModelVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrainSegmentsTest {
  private static final int BATCH = 500;
  private static final int SEGMENTS_MAX = 3;
  private static final int GROUPS = 8;
  private static final AtomicInteger RUNS = new AtomicInteger();

  private final List<Harness> opened = new ArrayList<>();
  private final TrainerSettings settings =
      TrainerSettings.of(
          new TrainerConfig(
              Map.of(
                  "bootstrap.servers", "none:1",
                  "schema.registry.url", "http://none",
                  "vectors.topic", "payments",
                  "model.name", "cards",
                  "model.features", "amount,items",
                  "model.k", "2",
                  "model.kernel", "scalar",
                  "batch.size", String.valueOf(BATCH),
                  "publish.interval.ms", "1")),
          "");

  @AfterEach
  void close() throws Exception {
    for (Harness harness : opened) {
      harness.flink.close();
    }
  }

  @Test
  void shouldLearnAModelOfEachSegmentFromItsPointsAlone() throws Exception {
    Harness harness = open(null, 1, 0);
    for (int i = 0; i < 20; i++) {
      harness.add("fuel", i);
      harness.add("food", i);
    }

    for (String segment : List.of("fuel", "food")) {
      List<ModelVersion> versions = harness.versions("cards." + segment);
      assertThat(versions).extracting(ModelVersion::getSequence).isSorted().hasSizeGreaterThan(5);
      assertThat(versions)
          .extracting(ModelVersion::getJobId)
          .containsOnly(versions.get(0).getJobId());
      ModelVersion last = versions.get(versions.size() - 1);
      assertThat(
              last.getMetrics().get("events_learned") + last.getMetrics().get("events_quarantined"))
          .isEqualTo(20 * BATCH);
      assertThat(last.getMetrics().get("davies_bouldin")).isPositive();
      assertThat(last.getCentroids())
          .allSatisfy(c -> assertThat(c).isBetween(place(segment) - 5f, place(segment) + 5f));
      assertThat(last.getOffsets())
          .singleElement()
          .satisfies(o -> assertThat(o.getNextOffset()).isEqualTo(20L * BATCH));
    }
    assertThat(harness.versions("cards.fuel").get(0).getJobId())
        .isNotEqualTo(harness.versions("cards.food").get(0).getJobId());
  }

  @Test
  void shouldGoOnFromItsStateAsIfNothingHadHappened() throws Exception {
    Harness undisturbed = open(null, 1, 0);
    Harness before = open(null, 1, 0);
    for (int i = 0; i < 10; i++) {
      undisturbed.add("fuel", i);
      undisturbed.add("food", i);
      before.add("fuel", i);
      before.add("food", i);
    }
    OperatorSubtaskState first = before.snapshot();
    // The second checkpoint writes one segment only; the other stands there from the first.
    Harness between = open(first, 1, 0);
    undisturbed.add("fuel", 10);
    between.add("fuel", 10);
    Harness after = open(between.snapshot(), 1, 0);
    for (int i = 11; i < 15; i++) {
      undisturbed.add("fuel", i);
      undisturbed.add("food", i);
      after.add("fuel", i);
      after.add("food", i);
    }

    for (String model : List.of("cards.fuel", "cards.food")) {
      ModelVersion expected = undisturbed.last(model);
      assertThat(after.last(model).getCentroids()).isEqualTo(expected.getCentroids());
      assertThat(after.last(model).getWeights()).isEqualTo(expected.getWeights());
      assertThat(after.last(model).getSequence()).isEqualTo(expected.getSequence());
      assertThat(after.last(model).getJobId()).isEqualTo(before.last(model).getJobId());
      List<Long> sequences = new ArrayList<>(before.sequences(model));
      sequences.addAll(between.sequences(model));
      sequences.addAll(after.sequences(model));
      assertThat(sequences)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, sequences.size()).boxed().toList());
    }
  }

  /** The pause between versions ends by a timer, without any point. */
  @Test
  void shouldNotRepeatAVersionThatATimerMade() throws Exception {
    Harness before = open(null, 1, 0);
    for (int i = 0; i < 10; i++) {
      before.add("fuel", i);
    }
    before.addAtOnce("fuel", 10);
    before.snapshot();
    long known = before.last("cards.fuel").getSequence();
    before.flink.setProcessingTime(before.nowMs + 100);
    assertThat(before.last("cards.fuel").getSequence()).isEqualTo(known + 1);

    Harness after = open(before.snapshot(), 1, 0);
    after.add("fuel", 11);
    after.add("fuel", 12);
    assertThat(after.sequences("cards.fuel")).startsWith(known + 2);
  }

  @Test
  void shouldSpreadOverMoreTasksFromTheSameState() throws Exception {
    Harness one = open(null, 1, 0);
    List<String> segments = List.of("a", "b", "c");
    for (int i = 0; i < 10; i++) {
      for (String segment : segments) {
        one.add(segment, i);
      }
    }
    OperatorSubtaskState state = one.snapshot();
    int found = 0;
    for (int task = 0; task < 2; task++) {
      OperatorSubtaskState part =
          AbstractStreamOperatorTestHarness.repartitionOperatorState(state, GROUPS, 1, 2, task);
      Harness harness = open(part, 2, task);
      for (String segment : segments) {
        if (harness.owns(segment)) {
          harness.add(segment, 10);
          assertThat(harness.last("cards." + segment).getSequence())
              .isEqualTo(one.last("cards." + segment).getSequence() + 1);
          found++;
        }
      }
    }
    assertThat(found).isEqualTo(segments.size());
  }

  @Test
  void shouldHoldNoMoreModelsThanAllowed() throws Exception {
    Harness harness = open(null, 1, 0);
    for (int i = 0; i < 10; i++) {
      for (String segment : List.of("a", "b", "c", "d")) {
        harness.add(segment, i);
      }
    }

    assertThat(harness.versions("cards.c")).isNotEmpty();
    assertThat(harness.versions("cards.d")).isEmpty();
  }

  @Test
  void shouldLearnLabelsOfASegmentThatHasAModel() throws Exception {
    Harness harness = open(null, 1, 0);
    harness.label("food");
    for (int i = 0; i < 10; i++) {
      harness.add("food", i);
    }
    harness.label("food");
    harness.add("food", 11);

    assertThat(harness.last("cards.food").getFraudWeights().stream().mapToDouble(w -> w).sum())
        .isCloseTo(1, within(1e-6));
  }

  private static float place(String segment) {
    return 100 * (segment.hashCode() % 7);
  }

  private Harness open(@Nullable OperatorSubtaskState state, int tasks, int task) throws Exception {
    Harness harness = new Harness(settings, state, tasks, task);
    opened.add(harness);
    return harness;
  }

  /** One task of the operator in Flink's harness. */
  private static final class Harness {
    private final KeyedTwoInputStreamOperatorTestHarness<
            String, PointBlock, LabelledPoint, Candidate>
        flink;
    private final int tasks;
    private final int task;
    private long nowMs = 1_000;

    Harness(TrainerSettings settings, @Nullable OperatorSubtaskState state, int tasks, int task)
        throws Exception {
      this.tasks = tasks;
      this.task = task;
      flink =
          new KeyedTwoInputStreamOperatorTestHarness<>(
              new TrainSegments(settings, () -> "run-" + RUNS.incrementAndGet(), SEGMENTS_MAX),
              block -> block.segment,
              label -> label.segment,
              Types.STRING,
              GROUPS,
              tasks,
              task);
      flink.setProcessingTime(nowMs);
      flink.setup();
      if (state != null) {
        flink.initializeState(state);
      }
      flink.open();
    }

    /** The block of this number of a segment, which fills a mini-batch. */
    void add(String segment, int number) throws Exception {
      flink.setProcessingTime(++nowMs);
      addAtOnce(segment, number);
    }

    /** The same at the same moment as the block before, in the pause after its version. */
    void addAtOnce(String segment, int number) throws Exception {
      SplittableRandom random = new SplittableRandom(number);
      PointBlock block = new PointBlock();
      block.segment = segment;
      block.n = BATCH;
      block.d = 2;
      block.points = new float[BATCH * 2];
      for (int i = 0; i < block.points.length; i++) {
        block.points[i] = place(segment) + (float) random.nextGaussian();
      }
      block.eventTimeMs = number;
      block.partitions = new int[] {0};
      block.nextOffsets = new long[] {(number + 1L) * BATCH};
      flink.processElement1(new StreamRecord<>(block));
    }

    void label(String segment) throws Exception {
      LabelledPoint label = new LabelledPoint();
      label.segment = segment;
      label.values = new float[] {place(segment), place(segment)};
      label.fraud = true;
      flink.processElement2(new StreamRecord<>(label));
    }

    boolean owns(String segment) {
      return KeyGroupRangeAssignment.assignKeyToParallelOperator(segment, GROUPS, tasks) == task;
    }

    OperatorSubtaskState snapshot() throws Exception {
      return flink.snapshot(++nowMs, nowMs);
    }

    List<ModelVersion> versions(String model) throws Exception {
      List<ModelVersion> versions = new ArrayList<>();
      for (Candidate candidate : flink.extractOutputValues()) {
        if (candidate.modelName.equals(model)) {
          versions.add(
              new SpecificDatumReader<>(ModelVersion.class)
                  .read(null, DecoderFactory.get().binaryDecoder(candidate.modelVersion, null)));
        }
      }
      return versions;
    }

    List<Long> sequences(String model) throws Exception {
      return versions(model).stream().map(ModelVersion::getSequence).toList();
    }

    ModelVersion last(String model) throws Exception {
      List<ModelVersion> versions = versions(model);
      return versions.get(versions.size() - 1);
    }
  }
}
