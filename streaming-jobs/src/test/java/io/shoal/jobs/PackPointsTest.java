package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PackPointsTest {
  private static final int BLOCK_POINTS = 3;
  private static final long INTERVAL_MS = 100;

  private final FeaturePoint reused = new FeaturePoint();
  private OneInputStreamOperatorTestHarness<FeaturePoint, PointBlock> harness;

  @BeforeEach
  void open() throws Exception {
    harness = new OneInputStreamOperatorTestHarness<>(new PackPoints(2, BLOCK_POINTS, INTERVAL_MS));
    harness.open();
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void shouldEmitFullBlock() throws Exception {
    add(1, 2, 10, 0, 5);
    add(3, 4, 30, 1, 7);
    assertThat(blocks()).isEmpty();
    add(5, 6, 20, 0, 6);

    assertThat(blocks())
        .singleElement()
        .satisfies(
            block -> {
              assertThat(block.n).isEqualTo(3);
              assertThat(block.d).isEqualTo(2);
              assertThat(block.points).containsExactly(1, 2, 3, 4, 5, 6);
              assertThat(block.eventTimeMs).isEqualTo(30);
              assertThat(block.partitions).containsExactly(0, 1);
              assertThat(block.nextOffsets).containsExactly(7, 8);
            });
  }

  @Test
  void shouldNotLetOneOddEventMoveTheTimeOfTheStream() throws Exception {
    add(1, 2, 10, 0, 0);
    add(3, 4, Duration.ofDays(3_000).toMillis(), 0, 1);
    add(5, 6, 20, 0, 2);

    assertThat(blocks()).singleElement().extracting(b -> b.eventTimeMs).isEqualTo(20L);
  }

  @Test
  void shouldStartEveryBlockAfresh() throws Exception {
    for (int i = 0; i < BLOCK_POINTS; i++) {
      add(i, i, 1_000, 3, i);
    }
    harness.prepareSnapshotPreBarrier(1);
    add(9, 9, 5, 4, 0);
    harness.prepareSnapshotPreBarrier(2);

    assertThat(blocks()).hasSize(2);
    PointBlock second = blocks().get(1);
    assertThat(second.points).containsExactly(9, 9);
    assertThat(second.eventTimeMs).as("the stream's time, which does not go back").isEqualTo(1_000);
    assertThat(second.partitions).containsExactly(4);
  }

  @Test
  void shouldEmitWhatThereIsWhenFirstPointHasWaitedForTheInterval() throws Exception {
    harness.setProcessingTime(1_000);
    add(1, 2, 10, 0, 0);
    harness.setProcessingTime(1_050);
    add(3, 4, 20, 0, 1);
    harness.setProcessingTime(1_099);
    assertThat(blocks()).isEmpty();
    harness.setProcessingTime(1_100);

    assertThat(blocks())
        .singleElement()
        .satisfies(block -> assertThat(block.points).containsExactly(1, 2, 3, 4));
  }

  @Test
  void shouldCountTheIntervalFromTheFirstPointOfTheBlockAtHand() throws Exception {
    harness.setProcessingTime(1_000);
    for (int i = 0; i < BLOCK_POINTS; i++) {
      add(i, i, 1, 0, i);
    }
    harness.setProcessingTime(1_060);
    add(7, 7, 1, 0, 3);
    harness.setProcessingTime(1_159);
    assertThat(blocks()).hasSize(1);
    harness.setProcessingTime(1_160);

    assertThat(blocks()).hasSize(2);
  }

  @Test
  void shouldHoldOneTimerAtMost() throws Exception {
    for (int i = 0; i < 10 * BLOCK_POINTS + 1; i++) {
      add(i, i, 1, 0, i);
    }
    assertThat(harness.getProcessingTimeService().getNumActiveTimers()).isEqualTo(1);
  }

  @Test
  void shouldHoldNothingBackFromACheckpoint() throws Exception {
    add(1, 2, 10, 0, 0);
    harness.prepareSnapshotPreBarrier(1);

    assertThat(blocks()).singleElement().satisfies(block -> assertThat(block.n).isEqualTo(1));
    harness.prepareSnapshotPreBarrier(2);
    assertThat(blocks()).hasSize(1);
  }

  @Test
  void shouldEmitTheRestAtTheEndOfInput() throws Exception {
    add(1, 2, 10, 0, 0);
    harness.getOperator().finish();

    assertThat(blocks()).hasSize(1);
  }

  private void add(float x, float y, long eventTimeMs, int partition, long offset)
      throws Exception {
    reused.values = new float[] {x, y};
    reused.eventTimeMs = eventTimeMs;
    reused.partition = partition;
    reused.offset = offset;
    harness.processElement(new StreamRecord<>(reused));
  }

  private List<PointBlock> blocks() {
    return harness.extractOutputValues();
  }
}
