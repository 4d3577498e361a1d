package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PackSegmentsTest {
  private static final long INTERVAL_MS = 100;

  private final FeaturePoint reused = new FeaturePoint();
  private OneInputStreamOperatorTestHarness<FeaturePoint, PointBlock> harness;
  private long offset;

  @BeforeEach
  void open() throws Exception {
    harness = new OneInputStreamOperatorTestHarness<>(new PackSegments(1, 2, INTERVAL_MS, 2));
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void shouldFillABlockForEachSegment() throws Exception {
    add("fuel", 1);
    add("food", 2);
    add("", 3);
    add("food", 4);

    assertThat(blocks())
        .singleElement()
        .satisfies(
            block -> {
              assertThat(block.segment).isEqualTo("food");
              assertThat(block.n).isEqualTo(2);
              assertThat(block.points).containsExactly(2, 4);
              assertThat(block.nextOffsets).containsExactly(4);
              assertThat(block.eventTimeMs).isEqualTo(4);
            });
  }

  @Test
  void shouldEmitWhatHasWaitedForTheInterval() throws Exception {
    add("fuel", 1);
    add("food", 2);
    harness.setProcessingTime(INTERVAL_MS - 1);
    assertThat(blocks()).isEmpty();
    harness.setProcessingTime(INTERVAL_MS);

    assertThat(blocks()).extracting(b -> b.segment).containsExactlyInAnyOrder("fuel", "food");
    harness.setProcessingTime(10 * INTERVAL_MS);
    assertThat(blocks()).hasSize(2);
    add("fuel", 3);
    harness.setProcessingTime(11 * INTERVAL_MS);
    assertThat(blocks()).hasSize(3);
  }

  @Test
  void shouldLeaveNothingBehindACheckpointBarrier() throws Exception {
    add("fuel", 1);
    harness.getOneInputOperator().prepareSnapshotPreBarrier(1);

    assertThat(blocks()).extracting(b -> b.segment).containsExactly("fuel");
  }

  @Test
  void shouldHoldNoMoreSegmentsThanAllowed() throws Exception {
    for (String segment : new String[] {"a", "b", "c", "a", "b", "c"}) {
      add(segment, 1);
    }

    assertThat(blocks()).extracting(b -> b.segment).containsExactly("a", "b");
  }

  private void add(String segment, float value) throws Exception {
    reused.segment = segment;
    reused.values = new float[] {value};
    reused.eventTimeMs = (long) value;
    reused.offset = offset++;
    harness.processElement(new StreamRecord<>(reused));
  }

  private List<PointBlock> blocks() {
    return harness.extractOutputValues();
  }
}
