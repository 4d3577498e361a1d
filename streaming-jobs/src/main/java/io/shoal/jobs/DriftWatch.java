package io.shoal.jobs;

import io.shoal.kmeans.BatchObserver;
import io.shoal.kmeans.MiniBatchKMeans;
import io.shoal.kmeans.drift.DriftAlarm;
import io.shoal.kmeans.drift.DriftMonitor;
import io.shoal.schemas.avro.DriftEvent;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;

/** Watches a run for drift, tells of it, and reacts as configured. */
final class DriftWatch {
  private final TrainerSettings settings;
  private final String jobId;
  private final MiniBatchKMeans learner;
  private final DriftMonitor monitor;
  private final List<DriftNotice> notices = new ArrayList<>();
  private long sequence;

  DriftWatch(TrainerSettings settings, String jobId, MiniBatchKMeans learner) {
    this.settings = settings;
    this.jobId = jobId;
    this.learner = learner;
    this.monitor =
        new DriftMonitor(settings.k(), settings.driftShift(), settings.driftClearEvents());
  }

  /** Of the learner's mini-batches. */
  BatchObserver observer() {
    return monitor;
  }

  /**
   * After each mini-batch.
   *
   * @param modelSequence of the last candidate
   */
  void afterBatch(long eventTimeMs, long modelSequence) {
    DriftAlarm alarm = monitor.poll();
    if (alarm == null) {
      return;
    }
    react();
    sequence++;
    DriftNotice notice = new DriftNotice();
    notice.modelName = settings.modelName();
    notice.driftEvent =
        bytes(
            new DriftEvent(
                settings.modelName(),
                jobId,
                sequence,
                alarm.change().name(),
                alarm.cause().name(),
                Instant.ofEpochMilli(eventTimeMs),
                learner.metrics().events(),
                alarm.before(),
                alarm.after(),
                modelSequence));
    notices.add(notice);
  }

  /** What there is to tell since this was last called. */
  List<DriftNotice> take() {
    if (notices.isEmpty()) {
      return List.of();
    }
    List<DriftNotice> taken = List.copyOf(notices);
    notices.clear();
    return taken;
  }

  /** Whether an alarm stands. */
  boolean standing() {
    return monitor.standing();
  }

  /** Population stability index of the last window. */
  double stability() {
    return monitor.stability();
  }

  void writeTo(DataOutput out) throws IOException {
    monitor.writeTo(out);
    out.writeLong(sequence);
  }

  void readFrom(DataInput in) throws IOException {
    monitor.readFrom(in);
    sequence = in.readLong();
    react();
  }

  private void react() {
    learner.forgetFaster(monitor.standing() ? settings.driftForgetFactor() : 1);
  }

  private static byte[] bytes(DriftEvent event) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    try {
      new SpecificDatumWriter<>(DriftEvent.class).write(event, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }
}
