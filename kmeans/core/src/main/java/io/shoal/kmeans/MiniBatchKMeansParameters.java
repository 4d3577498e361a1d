package io.shoal.kmeans;

import java.time.Duration;
import java.util.List;

/**
 * Parameters of {@link MiniBatchKMeans}.
 *
 * @param k number of clusters; 1 to 65,536
 * @param dimension number of features; 1 to 1,024
 * @param seed of all random choices
 * @param halfLife how fast the past is forgotten
 * @param learnablePercentile points whose score lies past this share of traffic are not learned
 *     from; in (0, 1], 1 learns from all
 * @param driftFactor when the share of refused points exceeds this many times its nominal value,
 *     they are the new normal and are learned from; at least 1
 * @param deadFraction a cluster lighter than this share of the mean weight is dead; in [0, 1)
 * @param startPoints points that are gathered before the first centroids are chosen; at least k
 * @param resolutions difference in each feature, in its units, below which two values are alike,
 *     {@code [d]}: a lower bound of the feature's scale; empty for none
 */
public record MiniBatchKMeansParameters(
    int k,
    int dimension,
    long seed,
    HalfLife halfLife,
    double learnablePercentile,
    double driftFactor,
    double deadFraction,
    int startPoints,
    List<Float> resolutions) {

  private static final float RESOLUTION_MAX = 1e9f;

  /** Checks every bound. */
  public MiniBatchKMeansParameters {
    require(k >= 1 && k <= 65_536, "k must lie within 1..65536, not " + k);
    require(
        dimension >= 1 && dimension <= 1_024,
        "dimension must lie within 1..1024, not " + dimension);
    require(
        learnablePercentile > 0 && learnablePercentile <= 1,
        "learnablePercentile must lie in (0, 1], not " + learnablePercentile);
    require(driftFactor >= 1, "driftFactor must be at least 1, not " + driftFactor);
    require(
        deadFraction >= 0 && deadFraction < 1,
        "deadFraction must lie in [0, 1), not " + deadFraction);
    require(
        startPoints >= k && startPoints <= 10_000_000,
        "startPoints must lie within k = " + k + "..10000000, not " + startPoints);
    require(
        resolutions.isEmpty() || resolutions.size() == dimension,
        "resolutions must be " + dimension + ", one for each feature, or none, not " + resolutions);
    require(
        resolutions.stream().allMatch(r -> r >= 0 && r <= RESOLUTION_MAX),
        "resolutions must lie within 0..1e9, not " + resolutions);
    resolutions = List.copyOf(resolutions);
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /** Gathers parameters. */
  public static final class Builder {
    private static final int START_POINTS_PER_CLUSTER = 10;
    private static final int START_POINTS_MIN = 1_000;

    private int k = 64;
    private int dimension = 1;
    private long seed = 1;
    private HalfLife halfLife = HalfLife.ofEventTime(Duration.ofDays(7));
    private double learnablePercentile = 0.999;
    private double driftFactor = 10;
    private double deadFraction = 0.01;
    private int startPoints;
    private List<Float> resolutions = List.of();

    private Builder() {}

    /** Number of clusters; default 64. */
    public Builder k(int value) {
      k = value;
      return this;
    }

    /** Number of features; default 1. */
    public Builder dimension(int value) {
      dimension = value;
      return this;
    }

    /** Seed; default 1. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** Half-life; default 7 days of event time. */
    public Builder halfLife(HalfLife value) {
      halfLife = value;
      return this;
    }

    /** Learnable percentile; default 0.999. */
    public Builder learnablePercentile(double value) {
      learnablePercentile = value;
      return this;
    }

    /** Drift factor; default 10. */
    public Builder driftFactor(double value) {
      driftFactor = value;
      return this;
    }

    /** Dead fraction; default 0.01. */
    public Builder deadFraction(double value) {
      deadFraction = value;
      return this;
    }

    /** Points gathered before the start; default the larger of 10 k and 1,000. */
    public Builder startPoints(int value) {
      startPoints = value;
      return this;
    }

    /** Differences that mean nothing, {@code [d]}; default none. */
    public Builder resolutions(List<Float> values) {
      resolutions = values;
      return this;
    }

    /** The parameters, checked. */
    public MiniBatchKMeansParameters build() {
      int points =
          startPoints > 0 ? startPoints : Math.max(START_POINTS_PER_CLUSTER * k, START_POINTS_MIN);
      return new MiniBatchKMeansParameters(
          k,
          dimension,
          seed,
          halfLife,
          learnablePercentile,
          driftFactor,
          deadFraction,
          points,
          resolutions);
    }
  }
}
