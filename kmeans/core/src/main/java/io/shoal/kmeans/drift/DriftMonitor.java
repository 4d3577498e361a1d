package io.shoal.kmeans.drift;

import io.shoal.kmeans.BatchObserver;
import io.shoal.kmeans.drift.DriftAlarm.Cause;
import io.shoal.kmeans.drift.DriftAlarm.Change;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Watches what a learner sees, before it learns from it: squared distances by {@link Adwin}, shares
 * of clusters by {@link PopulationStability}. An alarm stands until neither has seen anything for
 * so many events.
 *
 * <p>ADWIN wants values in [0, 1]: a squared distance {@code d2} is taken as {@code d2 / (d2 + r)},
 * with r the mean squared distance when the alarm before was cleared; so the usual value lies
 * around a half, whatever the features are. In the beginning the monitor waits until the learner's
 * mean has settled.
 */
public final class DriftMonitor implements BatchObserver {
  /** As River's. */
  private static final double DELTA = 0.002;

  /** A rise of 0.05 means about a fifth more distance. */
  private static final double CHANGE_MIN = 0.05;

  /** Before so many events the learner itself changes the distances. */
  private static final long SETTLING_EVENTS = 20_000;

  private final double shiftMin;
  private final long clearEvents;
  private final PopulationStability shares;
  private Adwin distances = new Adwin(DELTA, CHANGE_MIN);
  private double reference;
  private double settlingSum;
  private long settlingCount;
  private long events;
  private boolean standing;
  private Cause cause = Cause.DISTANCE;
  private long lastSeenEvents;
  private @Nullable DriftAlarm news;

  /**
   * @param k number of clusters
   * @param shiftMin population stability index that is an alarm, such as 0.25
   * @param clearEvents without anything seen, after which an alarm is over
   */
  public DriftMonitor(int k, double shiftMin, long clearEvents) {
    this.shares = new PopulationStability(k);
    this.shiftMin = shiftMin;
    this.clearEvents = clearEvents;
  }

  @Override
  public void observed(int[] ids, float[] distances2, int n) {
    events += n;
    boolean window = shares.add(ids, n);
    if (reference == 0) {
      settle(distances2, n);
      return;
    }
    if (watch(distances2, n)) {
      seen(Cause.DISTANCE, distances.meanBefore(), distances.mean());
    }
    if (window && shares.lastIndex() > shiftMin) {
      seen(Cause.SHARES, shiftMin, shares.lastIndex());
    }
    if (standing && events - lastSeenEvents >= clearEvents) {
      standing = false;
      news = new DriftAlarm(Change.CLEARED, cause, 0, 0, events);
      // What is usual now is the measure from here on.
      reference = 0;
    }
  }

  /** What happened since this was last asked; null for nothing. */
  public @Nullable DriftAlarm poll() {
    DriftAlarm told = news;
    news = null;
    return told;
  }

  /** Whether an alarm stands. */
  public boolean standing() {
    return standing;
  }

  /** Population stability index of the last whole window. */
  public double stability() {
    return shares.lastIndex();
  }

  private void settle(float[] distances2, int n) {
    for (int i = 0; i < n; i++) {
      settlingSum += Math.min(distances2[i], Float.MAX_VALUE / 2);
    }
    settlingCount += n;
    if (settlingCount >= SETTLING_EVENTS) {
      reference = Math.max(settlingSum / settlingCount, Float.MIN_NORMAL);
      distances = new Adwin(DELTA, CHANGE_MIN);
      settlingSum = 0;
      settlingCount = 0;
    }
  }

  private boolean watch(float[] distances2, int n) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double value = distances2[i] / (distances2[i] + reference);
      sum += value;
      squares += value * value;
    }
    return distances.add(n, sum, squares);
  }

  private void seen(Cause by, double before, double after) {
    lastSeenEvents = events;
    cause = by;
    if (!standing) {
      standing = true;
      news = new DriftAlarm(Change.STARTED, by, before, after, events);
    }
  }

  /** Writes the whole state. */
  public void writeTo(DataOutput out) throws IOException {
    shares.writeTo(out);
    distances.writeTo(out);
    out.writeDouble(reference);
    out.writeDouble(settlingSum);
    out.writeLong(settlingCount);
    out.writeLong(events);
    out.writeBoolean(standing);
    out.writeUTF(cause.name());
    out.writeLong(lastSeenEvents);
  }

  /**
   * Reads what {@link #writeTo} wrote, of a monitor of the same k.
   *
   * @throws IOException when it is damaged
   */
  public void readFrom(DataInput in) throws IOException {
    shares.readFrom(in);
    distances.readFrom(in);
    reference = in.readDouble();
    settlingSum = in.readDouble();
    settlingCount = in.readLong();
    events = in.readLong();
    standing = in.readBoolean();
    try {
      cause = Cause.valueOf(in.readUTF());
    } catch (IllegalArgumentException e) {
      throw new IOException("unknown cause of drift", e);
    }
    lastSeenEvents = in.readLong();
  }
}
