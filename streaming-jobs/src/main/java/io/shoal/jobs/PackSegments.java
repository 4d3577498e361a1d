package io.shoal.jobs;

import io.shoal.features.EventClock;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Packs the points of each segment into flat blocks of their own, as {@link PackPoints} does with
 * all of them. Points without segment are none of its business. When the first point of any block
 * has waited for the interval, all blocks leave.
 */
final class PackSegments extends AbstractStreamOperator<PointBlock>
    implements OneInputStreamOperator<FeaturePoint, PointBlock> {
  private static final long serialVersionUID = 1L;

  private final int dimension;
  private final int blockPoints;
  private final long intervalMs;
  private final int segmentsMax;

  private transient Map<String, OpenBlock> blocks;
  private transient EventClock clock;
  private transient Deadline deadline;
  private transient Counter pointsWithoutModel;

  /**
   * @param dimension d, number of features
   * @param blockPoints most points in a block
   * @param intervalMs longest time that a point waits for its block to fill
   * @param segmentsMax most segments; points of those that come later are counted and left out
   */
  @SuppressWarnings("NullAway.Init") // Flink calls open() before anything else
  PackSegments(int dimension, int blockPoints, long intervalMs, int segmentsMax) {
    this.dimension = dimension;
    this.blockPoints = blockPoints;
    this.intervalMs = intervalMs;
    this.segmentsMax = segmentsMax;
  }

  @Override
  public void open() throws Exception {
    super.open();
    clock = new EventClock();
    blocks = new HashMap<>();
    deadline = new Deadline(getProcessingTimeService(), intervalMs, this::flush);
    pointsWithoutModel = getMetricGroup().counter("pointsWithoutModel");
  }

  @Override
  public void processElement(StreamRecord<FeaturePoint> element) {
    FeaturePoint point = element.getValue();
    long timeMs = clock.advance(point.eventTimeMs);
    if (point.segment.isEmpty()) {
      return;
    }
    OpenBlock block = blocks.get(point.segment);
    if (block == null) {
      if (blocks.size() == segmentsMax) {
        pointsWithoutModel.inc();
        return;
      }
      block = new OpenBlock(dimension, blockPoints);
      blocks.put(point.segment, block);
    }
    deadline.start();
    if (block.add(point, timeMs)) {
      emit(point.segment, block);
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    flush();
  }

  @Override
  public void finish() throws Exception {
    flush();
    super.finish();
  }

  private void flush() {
    deadline.clear();
    blocks.forEach(
        (segment, block) -> {
          if (!block.isEmpty()) {
            emit(segment, block);
          }
        });
  }

  private void emit(String segment, OpenBlock block) {
    output.collect(new StreamRecord<>(block.take(segment)));
  }
}
