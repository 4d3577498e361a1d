package io.shoal.features.export;

import io.shoal.features.Event;
import io.shoal.features.FeatureReplay;
import io.shoal.features.FeatureSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Features as they were known at a moment: replays a history in the order in which it came, learns
 * each label when it became known and not before, and computes each row with what was there.
 *
 * <p>The history's clock is the latest event time so far. At each moment come first the labels that
 * have become known, then the event; a row sees all events that came until its time.
 */
public final class PointInTimeJoin {
  private record Pending(Event event, KnownLabel label) {}

  private record Wanted(Event event, @Nullable KnownLabel label) {}

  private final FeatureSet features;
  private final Labels labels;
  private final FeatureReplay replay;
  private final float[] vector;
  private final PriorityQueue<Pending> pending =
      new PriorityQueue<>(Comparator.comparingLong((Pending p) -> p.label().knownAtMs()));
  private long clockMs = Long.MIN_VALUE;
  private long rows;

  /**
   * @param labels beside those that the history itself has
   */
  public PointInTimeJoin(FeatureSet features, Labels labels) {
    this.features = features;
    this.labels = labels;
    this.replay = new FeatureReplay(features);
    this.vector = new float[features.dimension()];
  }

  /** Writes a row for each event of the history: its vector as the stream computed it. */
  public long exportEvents(History history, VectorSink sink) throws IOException {
    Event event = features.newEvent();
    while (history.next(event)) {
      KnownLabel label = labelOf(event, history);
      advance(event.timeMs);
      replay.process(event, vector);
      await(event, label);
      write(event, label, sink);
    }
    return rows;
  }

  /**
   * Writes the given rows, in the order of their time: what the features say at that time of these
   * entities, given the row's other fields. A row is no event: it is not added.
   */
  public long exportRows(History history, History wanted, VectorSink sink) throws IOException {
    List<Wanted> sorted = readAll(wanted);
    Event event = features.newEvent();
    int next = 0;
    while (next < sorted.size() && history.next(event)) {
      long nowMs = Math.max(clockMs, event.timeMs);
      while (next < sorted.size() && sorted.get(next).event().timeMs < nowMs) {
        writeRow(sorted.get(next++), sink);
      }
      KnownLabel label = labelOf(event, history);
      advance(event.timeMs);
      replay.process(event, vector);
      await(event, label);
    }
    while (next < sorted.size()) {
      writeRow(sorted.get(next++), sink);
    }
    return rows;
  }

  /** How often an event came too late for some windows. */
  public long late() {
    return replay.late();
  }

  private List<Wanted> readAll(History wanted) throws IOException {
    List<Wanted> all = new ArrayList<>();
    Event event = features.newEvent();
    while (wanted.next(event)) {
      all.add(new Wanted(event, labelOf(event, wanted)));
      event = features.newEvent();
    }
    all.sort(Comparator.comparingLong(p -> p.event().timeMs));
    return all;
  }

  private void writeRow(Wanted row, VectorSink sink) throws IOException {
    advance(row.event().timeMs);
    replay.peek(row.event(), vector);
    write(row.event(), row.label(), sink);
  }

  private void write(Event event, @Nullable KnownLabel label, VectorSink sink) throws IOException {
    sink.write(event, vector, label);
    rows++;
  }

  private @Nullable KnownLabel labelOf(Event event, History history) {
    KnownLabel own = history.label();
    return own == null ? labels.of(event.id) : own;
  }

  /** The label is learned when it becomes known, and not before its event has come. */
  private void await(Event event, @Nullable KnownLabel label) {
    if (label != null && label.fraud()) {
      Event fraud = features.newEvent();
      fraud.timeMs = event.timeMs;
      System.arraycopy(event.keys, 0, fraud.keys, 0, event.keys.length);
      pending.add(new Pending(fraud, label));
    }
  }

  private void advance(long timeMs) {
    clockMs = Math.max(clockMs, timeMs);
    for (Pending first = pending.peek();
        first != null && first.label().knownAtMs() <= clockMs;
        first = pending.peek()) {
      pending.remove();
      replay.fraud(first.event());
    }
  }
}
