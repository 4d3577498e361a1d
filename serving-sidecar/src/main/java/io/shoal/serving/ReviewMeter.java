package io.shoal.serving;

import io.shoal.features.EventClock;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns "so many alerts a day" into thresholds for one partition of the source, and counts what
 * comes of them. It keeps the scores and risks of recent traffic, each day of event time weighing
 * half as much as the one after it, and every so many events it lays the thresholds where this
 * traffic would give the partition's part of the alerts: first the highest risks, then the highest
 * scores. Not thread-safe but for {@link #get} and {@link #reviewsPerDay}.
 */
final class ReviewMeter implements Supplier<ReviewPolicy> {
  private static final double DAY_MS = Duration.ofDays(1).toMillis();

  /** Mean age of what counts: a half-life of a day. */
  private static final double MEMORY_MS = DAY_MS / Math.log(2);

  /** Before that much of a day is known, the fixed thresholds hold. */
  private static final double KNOWN_MS_MIN = DAY_MS / 24;

  /** Between two times that the thresholds are laid anew. */
  static final int EVENTS_PER_UPDATE = 64;

  private static final double WEIGHT_MAX = 1e12;
  private static final double NEVER = Math.nextUp(1.0);
  private static final byte VERSION = 1;
  private static final int BYTES =
      Byte.BYTES + 2 * Long.BYTES + 2 * Double.BYTES + 2 * TailHistogram.BYTES;

  private final ReviewPolicy fixed;
  private final int alertsPerDay;
  private final IntSupplier partitions;
  private final EventClock clock = new EventClock();
  private final TailHistogram scores = new TailHistogram();
  private final TailHistogram risks = new TailHistogram();

  /** Decayed number of reviews, in units of {@link #weight}. */
  private double reviews;

  /** Of an event of now; those of before weigh less. */
  private double weight = 1;

  private long firstMs = Long.MIN_VALUE;
  private long nowMs = Long.MIN_VALUE;
  private int events;
  private volatile ReviewPolicy policy;
  private volatile double perDay;

  /**
   * @param fixed thresholds that hold at first, and always where no number is given; its risk is
   *     the least that is reviewed for its risk
   * @param alertsPerDay how many of all partitions together; 0: the fixed thresholds
   * @param partitions of the source
   */
  ReviewMeter(ReviewPolicy fixed, int alertsPerDay, IntSupplier partitions) {
    this.fixed = fixed;
    this.alertsPerDay = alertsPerDay;
    this.partitions = partitions;
    this.policy = fixed;
  }

  /** The thresholds of now. */
  @Override
  public ReviewPolicy get() {
    return policy;
  }

  /** Reviews a day of this partition, of late. */
  double reviewsPerDay() {
    return perDay;
  }

  /**
   * Sees a decision.
   *
   * @param score and risk, null where there is none
   * @return whether the thresholds were laid anew, which is time to store them
   */
  boolean add(long eventTimeMs, @Nullable Double score, @Nullable Double risk, boolean review) {
    long before = nowMs;
    nowMs = clock.advance(eventTimeMs);
    if (firstMs == Long.MIN_VALUE) {
      firstMs = nowMs;
      before = nowMs;
    }
    weight *= Math.exp((nowMs - before) / MEMORY_MS);
    if (weight > WEIGHT_MAX) {
      rescale();
    }
    reviews += review ? weight : 0;
    if (alertsPerDay > 0 && score != null) {
      if (risk != null) {
        risks.add(risk, weight);
      }
      // What is reviewed for its risk is not reviewed for its score once more.
      if (risk == null || risk < policy.risk()) {
        scores.add(score, weight);
      }
    }
    if (++events % EVENTS_PER_UPDATE != 0) {
      return false;
    }
    update();
    return alertsPerDay > 0;
  }

  private void rescale() {
    // A stream that was silent for months has forgotten all.
    double factor = Double.isInfinite(weight) ? 0 : 1 / weight;
    scores.scale(factor);
    risks.scale(factor);
    reviews *= factor;
    weight = 1;
  }

  private void update() {
    double known = MEMORY_MS * -Math.expm1(-(nowMs - firstMs) / MEMORY_MS);
    if (known <= 0) {
      return;
    }
    // Weights are worth so many events a day.
    double perWeight = DAY_MS / known / weight;
    perDay = reviews * perWeight;
    if (alertsPerDay == 0 || nowMs - firstMs < KNOWN_MS_MIN) {
      return;
    }
    double budget = alertsPerDay / (double) partitions.getAsInt() / perWeight;
    double riskCut = Math.max(fixed.risk(), risks.cut(budget));
    double left = budget - risks.above(Math.min(1, riskCut));
    double cut = left > 0 ? scores.cut(left) : NEVER;
    policy = new ReviewPolicy(1 - cut, riskCut);
  }

  /** What is kept across restarts. */
  byte[] toBytes() {
    ByteBuffer buffer =
        ByteBuffer.allocate(BYTES)
            .put(VERSION)
            .putLong(firstMs)
            .putLong(nowMs)
            .putDouble(weight)
            .putDouble(reviews);
    scores.write(buffer);
    risks.write(buffer);
    return buffer.array();
  }

  /** Goes on from what was kept; another version's bytes are as good as none. */
  void read(byte[] bytes) {
    if (bytes.length != BYTES || bytes[0] != VERSION) {
      return;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 1, BYTES - 1);
    firstMs = buffer.getLong();
    nowMs = clock.advance(buffer.getLong());
    weight = buffer.getDouble();
    reviews = buffer.getDouble();
    scores.read(buffer);
    risks.read(buffer);
    update();
  }
}
