package io.shoal.jobs;

import io.shoal.features.EventClock;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Packs points into flat blocks, so that everything after it works on blocks. A block leaves when
 * it is full, when its first point has waited for the interval, and before every checkpoint
 * barrier; therefore the operator has no state to checkpoint.
 */
final class PackPoints extends AbstractStreamOperator<PointBlock>
    implements OneInputStreamOperator<FeaturePoint, PointBlock> {
  private static final long serialVersionUID = 1L;

  private final int dimension;
  private final int blockPoints;
  private final long intervalMs;

  private transient OpenBlock block;
  private transient EventClock clock;
  private transient Deadline deadline;

  /**
   * @param dimension d, number of features
   * @param blockPoints most points in a block
   * @param intervalMs longest time that a point waits for its block to fill
   */
  @SuppressWarnings("NullAway.Init") // Flink calls open() before anything else
  PackPoints(int dimension, int blockPoints, long intervalMs) {
    this.dimension = dimension;
    this.blockPoints = blockPoints;
    this.intervalMs = intervalMs;
  }

  @Override
  public void open() throws Exception {
    super.open();
    clock = new EventClock();
    deadline = new Deadline(getProcessingTimeService(), intervalMs, this::flush);
    block = new OpenBlock(dimension, blockPoints);
  }

  @Override
  public void processElement(StreamRecord<FeaturePoint> element) {
    FeaturePoint point = element.getValue();
    if (block.isEmpty()) {
      deadline.start();
    }
    if (block.add(point, clock.advance(point.eventTimeMs))) {
      flush();
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
    if (block.isEmpty()) {
      return;
    }
    deadline.clear();
    output.collect(new StreamRecord<>(block.take("")));
  }
}
