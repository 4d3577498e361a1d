package io.shoal.kmeans;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * A learned model: centroids with their scales, weights and labels, and the distribution of scores.
 * Immutable and checked.
 */
public final class KMeansModelData {
  private static final int CANONICAL_VERSION = 1;

  private final int clusters;
  private final int dimension;
  private final float[] centroids;
  private final float[] scales;
  private final double[] weights;
  private final int[] clusterIds;
  private final double[] fraudWeights;
  private final double[] legitimateWeights;
  private final float[] means;
  private final double[] riskWeights;
  private final byte[] scoreSketch;
  private final List<ClusterLineage> lineage;

  private KMeansModelData(Builder builder) {
    this.clusterIds = builder.clusterIds.clone();
    this.scales = builder.scales.clone();
    this.clusters = clusterIds.length;
    this.dimension = scales.length;
    this.centroids = builder.centroids.clone();
    this.weights = builder.weights.clone();
    this.fraudWeights = builder.fraudWeights.clone();
    this.legitimateWeights = builder.legitimateWeights.clone();
    this.means = builder.means.clone();
    this.riskWeights = builder.riskWeights.clone();
    this.scoreSketch = builder.scoreSketch.clone();
    this.lineage = List.copyOf(builder.lineage);
    check();
  }

  /** A builder; everything but labels and lineage must be given. */
  public static Builder builder() {
    return new Builder();
  }

  /** Number of clusters, k. */
  public int clusters() {
    return clusters;
  }

  /** Number of features, d. */
  public int dimension() {
    return dimension;
  }

  /** Centroids {@code [k * d]}, row-major, in feature units; a copy. */
  public float[] centroids() {
    return centroids.clone();
  }

  /** Scale per feature {@code [d]}: the decayed standard deviation, positive; a copy. */
  public float[] scales() {
    return scales.clone();
  }

  /** Decayed number of events per cluster {@code [k]}; a copy. */
  public double[] weights() {
    return weights.clone();
  }

  /** Stable id per cluster {@code [k]}; a copy. */
  public int[] clusterIds() {
    return clusterIds.clone();
  }

  /** Decayed number of fraud labels per cluster {@code [k]}; a copy. */
  public double[] fraudWeights() {
    return fraudWeights.clone();
  }

  /** Decayed number of legitimate labels per cluster {@code [k]}; a copy. */
  public double[] legitimateWeights() {
    return legitimateWeights.clone();
  }

  /** Decayed mean per feature {@code [d]}; empty where no risk was learned; a copy. */
  public float[] means() {
    return means.clone();
  }

  /**
   * What was learned from labels about the risk by features, as {@link ScoringFormula} has it;
   * empty where nothing was; a copy.
   */
  public double[] riskWeights() {
    return riskWeights.clone();
  }

  /** Distribution of the raw scores of recent traffic, compact and versioned; a copy. */
  public byte[] scoreSketch() {
    return scoreSketch.clone();
  }

  /** What became of each cluster since the version before. */
  public List<ClusterLineage> lineage() {
    return lineage;
  }

  /** SHA-256 (hex) over a canonical form of all numbers. */
  public String checksum() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(CANONICAL_VERSION);
      out.writeInt(clusters);
      out.writeInt(dimension);
      for (float centroid : centroids) {
        out.writeFloat(centroid);
      }
      for (float scale : scales) {
        out.writeFloat(scale);
      }
      for (int j = 0; j < clusters; j++) {
        out.writeInt(clusterIds[j]);
        out.writeDouble(weights[j]);
        out.writeDouble(fraudWeights[j]);
        out.writeDouble(legitimateWeights[j]);
      }
      out.write(scoreSketch);
      // Models without them keep their checksum.
      for (float mean : means) {
        out.writeFloat(mean);
      }
      for (double weight : riskWeights) {
        out.writeDouble(weight);
      }
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private void check() {
    require(clusters > 0 && dimension > 0, "it has no clusters or no features");
    require(
        centroids.length == clusters * dimension
            && weights.length == clusters
            && fraudWeights.length == clusters
            && legitimateWeights.length == clusters,
        "its arrays do not fit k = " + clusters + ", d = " + dimension);
    require(scoreSketch.length > 0, "it has no score sketch");
    for (int i = 0; i < centroids.length; i++) {
      require(Float.isFinite(centroids[i]), "centroid value " + i + " is " + centroids[i]);
    }
    for (int f = 0; f < dimension; f++) {
      require(Float.isFinite(scales[f]) && scales[f] > 0, "scale " + f + " is " + scales[f]);
    }
    checkRisk();
    Set<Integer> ids = new HashSet<>();
    for (int j = 0; j < clusters; j++) {
      requireWeight("weight", j, weights[j]);
      requireWeight("fraud weight", j, fraudWeights[j]);
      requireWeight("legitimate weight", j, legitimateWeights[j]);
      require(ids.add(clusterIds[j]), "cluster id " + clusterIds[j] + " stands twice");
    }
  }

  private void checkRisk() {
    int expected = means.length == 0 ? 0 : AdditiveRisk.size(dimension);
    require(
        (means.length == 0 || means.length == dimension) && riskWeights.length == expected,
        "its %d means and %d risk weights do not fit d = %d"
            .formatted(means.length, riskWeights.length, dimension));
    for (int f = 0; f < means.length; f++) {
      require(Float.isFinite(means[f]), "mean " + f + " is " + means[f]);
    }
    for (int i = 0; i < riskWeights.length; i++) {
      require(Double.isFinite(riskWeights[i]), "risk weight " + i + " is " + riskWeights[i]);
    }
  }

  private static void requireWeight(String what, int cluster, double weight) {
    require(
        Double.isFinite(weight) && weight >= 0, what + " of cluster " + cluster + " is " + weight);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException("not a model: " + otherwise);
    }
  }

  /** Gathers the parts of a model; {@link #build} checks them. */
  public static final class Builder {
    private float[] centroids = {};
    private float[] scales = {};
    private double[] weights = {};
    private int[] clusterIds = {};
    private double[] fraudWeights = {};
    private double[] legitimateWeights = {};
    private float[] means = {};
    private double[] riskWeights = {};
    private byte[] scoreSketch = {};
    private List<ClusterLineage> lineage = List.of();

    private Builder() {}

    /** Centroids {@code [k * d]}, row-major, in feature units. */
    public Builder centroids(float[] values) {
      centroids = values;
      return this;
    }

    /** Scale per feature {@code [d]}, positive. */
    public Builder scales(float[] values) {
      scales = values;
      return this;
    }

    /** Decayed number of events per cluster {@code [k]}. */
    public Builder weights(double[] values) {
      weights = values;
      return this;
    }

    /** Stable id per cluster {@code [k]}, unique. */
    public Builder clusterIds(int[] values) {
      clusterIds = values;
      return this;
    }

    /** Decayed number of fraud labels per cluster {@code [k]}. */
    public Builder fraudWeights(double[] values) {
      fraudWeights = values;
      return this;
    }

    /** Decayed number of legitimate labels per cluster {@code [k]}. */
    public Builder legitimateWeights(double[] values) {
      legitimateWeights = values;
      return this;
    }

    /** Decayed mean per feature {@code [d]}, where risk weights are given. */
    public Builder means(float[] values) {
      means = values;
      return this;
    }

    /** Weights of the risk, as a learner wrote them. */
    public Builder riskWeights(double[] values) {
      riskWeights = values;
      return this;
    }

    /** Distribution of raw scores, as a learner wrote it. */
    public Builder scoreSketch(byte[] bytes) {
      scoreSketch = bytes;
      return this;
    }

    /**
     * Distribution of raw scores, gathered from these: for a model that no learner wrote.
     *
     * @throws IllegalArgumentException when a score is NaN or infinite
     */
    public Builder rawScores(double... values) {
      ScoreHistogram scores = new ScoreHistogram();
      for (double value : values) {
        require(Double.isFinite(value), "raw score " + value + " is not finite");
        scores.add(value);
      }
      return scoreSketch(scores.toBytes());
    }

    /** What became of each cluster. */
    public Builder lineage(List<ClusterLineage> changes) {
      lineage = changes;
      return this;
    }

    /**
     * The model.
     *
     * @throws IllegalArgumentException when a shape, a number or an id is wrong
     */
    public KMeansModelData build() {
      return new KMeansModelData(this);
    }
  }
}
