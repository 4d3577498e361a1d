package io.shoal.kmeans;

import io.shoal.kmeans.ClusterLineage.Change;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The clusters of a learner: centroids, scales, decayed weights and labels, identity and lineage.
 */
final class Clusters {
  private static final int NONE = -1;

  private final int k;
  private final int d;
  private final float[] centroids;
  private final float[] scaled;
  private final float[] scales;
  private final float[] inverseScales;
  private final double[] weights;
  private final double[] fraud;
  private final double[] legitimate;
  private final int[] ids;
  private final Change[] changes;

  /** Id of the cluster in whose traffic one was reseeded, or that it took over; -1 for none. */
  private final int[] parents;

  private final float[] atSnapshot;
  private int nextId;
  private long reseeded;

  Clusters(int k, int d) {
    this.k = k;
    this.d = d;
    centroids = new float[k * d];
    scaled = new float[k * d];
    scales = new float[d];
    inverseScales = new float[d];
    weights = new double[k];
    fraud = new double[k];
    legitimate = new double[k];
    ids = new int[k];
    changes = new Change[k];
    Arrays.fill(changes, Change.NEW);
    parents = new int[k];
    Arrays.fill(parents, NONE);
    atSnapshot = new float[k * d];
  }

  /** Takes the first centroids, given in units of the scales. */
  void start(float[] scaledCentroids) {
    for (int i = 0; i < centroids.length; i++) {
      centroids[i] = withinFloats((double) scaledCentroids[i] * scales[i % d]);
    }
    for (int j = 0; j < k; j++) {
      ids[j] = nextId++;
    }
    Scaling.scale(centroids, k, inverseScales, scaled);
    System.arraycopy(centroids, 0, atSnapshot, 0, centroids.length);
  }

  /** Takes the clusters of a model with their ids. */
  void start(KMeansModelData model) {
    System.arraycopy(model.centroids(), 0, centroids, 0, centroids.length);
    System.arraycopy(centroids, 0, atSnapshot, 0, centroids.length);
    System.arraycopy(model.weights(), 0, weights, 0, k);
    System.arraycopy(model.fraudWeights(), 0, fraud, 0, k);
    System.arraycopy(model.legitimateWeights(), 0, legitimate, 0, k);
    System.arraycopy(model.clusterIds(), 0, ids, 0, k);
    nextId = 1 + Arrays.stream(ids).max().orElse(NONE);
    Arrays.fill(changes, Change.SAME);
    rescale(model.scales());
  }

  /** Takes new scales; the centroids stay where they are in feature units. */
  void rescale(float[] newScales) {
    for (int f = 0; f < d; f++) {
      scales[f] = newScales[f];
      inverseScales[f] = 1 / newScales[f];
    }
    Scaling.scale(centroids, k, inverseScales, scaled);
  }

  /** Centroids in units of the scales, {@code [k * d]}; not a copy. */
  float[] scaled() {
    return scaled;
  }

  /** Scale per feature, {@code [d]}; a copy. */
  float[] scales() {
    return scales.clone();
  }

  float[] inverseScales() {
    return inverseScales;
  }

  RawScores rawScores() {
    return new RawScores(scaled, weights, d);
  }

  long reseeded() {
    return reseeded;
  }

  void addLabel(int cluster, boolean isFraud) {
    (isFraud ? fraud : legitimate)[cluster]++;
  }

  /** {@code n' = a n + m}, {@code c' = (a n c + S) / n'}. */
  void update(BatchStatistics statistics, double decay) {
    for (int j = 0; j < k; j++) {
      double old = weights[j] * decay;
      long count = statistics.count(j);
      weights[j] = old + count;
      fraud[j] *= decay;
      legitimate[j] *= decay;
      if (count > 0) {
        for (int f = 0; f < d; f++) {
          int c = j * d + f;
          double centre = (old * centroids[c] + statistics.sum(j, f)) / weights[j];
          centroids[c] = withinFloats(centre);
        }
      }
    }
    Scaling.scale(centroids, k, inverseScales, scaled);
  }

  /**
   * Gives dead clusters a new place: a point of the batch, drawn with probability proportional to
   * its squared distance, never a refused one.
   *
   * @param points {@code [n * d]}, in feature units
   * @param assigned row per point, negative for refused ones
   * @param distances2 to the nearest centroid; those of drawn points are set to 0
   */
  void reseedDead(
      double deadFraction,
      float[] points,
      int n,
      int[] assigned,
      float[] distances2,
      SplitMix64 random) {
    double dead = deadFraction * Arrays.stream(weights).sum() / k;
    boolean weighed = false;
    int[] idsBefore = ids.clone();
    for (int j = 0; j < k; j++) {
      if (weights[j] < dead) {
        if (!weighed) {
          leaveOutRefused(n, assigned, distances2);
          weighed = true;
        }
        int chosen = random.nextIndex(distances2, n);
        if (chosen < 0) {
          break;
        }
        distances2[chosen] = 0;
        reseed(j, points, chosen, 2 * dead, idsBefore[assigned[chosen]]);
      }
    }
    if (weighed) {
      Scaling.scale(centroids, k, inverseScales, scaled);
    }
  }

  /**
   * Merges the two clusters that lose least by it (Ward 1963) and gives the one that is free a
   * place among new traffic, where that lowers the sum of squared distances.
   *
   * @param points of the new traffic, {@code [n * d]}, in feature units
   * @param distances2 to the nearest centroid
   * @param share of new traffic in all, in [0, 1]
   */
  void makeRoom(
      double deadFraction,
      float[] points,
      int n,
      float[] distances2,
      double share,
      SplitMix64 random) {
    int chosen = random.nextIndex(distances2, n);
    if (k < 2 || chosen < 0) {
      return;
    }
    float[] scaledPoints = Scaling.scaled(points, n, inverseScales);
    double saved = 0;
    for (int i = 0; i < n; i++) {
      double there = distance2(scaledPoints, i, scaledPoints, chosen);
      saved += Math.max(0, distances2[i] - there);
    }
    double total = Arrays.stream(weights).sum();
    int kept = 0;
    int free = 1;
    double lost = Double.POSITIVE_INFINITY;
    for (int i = 0; i < k; i++) {
      for (int j = 0; j < k; j++) {
        double loss = i == j ? lost : lossOfMerging(i, j);
        if (weights[j] <= weights[i] && loss < lost) {
          lost = loss;
          kept = i;
          free = j;
        }
      }
    }
    if (saved / n * share * total > lost) {
      merge(kept, free);
      reseed(free, points, chosen, 2 * deadFraction * total / k, NONE);
      Scaling.scale(centroids, k, inverseScales, scaled);
    }
  }

  /** A model of the clusters as they are; lineage and movement count from here on. */
  KMeansModelData snapshot(byte[] scoreBytes, float[] means, double[] riskWeights) {
    List<ClusterLineage> lineage = new ArrayList<>(k);
    for (int j = 0; j < k; j++) {
      lineage.add(new ClusterLineage(ids[j], changes[j], parents(j)));
    }
    Arrays.fill(changes, Change.SAME);
    Arrays.fill(parents, NONE);
    System.arraycopy(centroids, 0, atSnapshot, 0, centroids.length);
    return KMeansModelData.builder()
        .centroids(centroids)
        .scales(scales)
        .weights(weights)
        .clusterIds(ids)
        .fraudWeights(fraud)
        .legitimateWeights(legitimate)
        .means(means)
        .riskWeights(riskWeights)
        .scoreSketch(scoreBytes)
        .lineage(lineage)
        .build();
  }

  /** Largest movement of a centroid since the last snapshot, in units of the scales. */
  double movement() {
    double largest2 = 0;
    for (int j = 0; j < k; j++) {
      double sum = 0;
      for (int f = 0; f < d; f++) {
        double moved = (centroids[j * d + f] - (double) atSnapshot[j * d + f]) * inverseScales[f];
        sum += moved * moved;
      }
      largest2 = Math.max(largest2, sum);
    }
    return Math.sqrt(largest2);
  }

  void writeTo(DataOutput out) throws IOException {
    for (int f = 0; f < d; f++) {
      out.writeFloat(scales[f]);
    }
    for (int i = 0; i < centroids.length; i++) {
      out.writeFloat(centroids[i]);
      out.writeFloat(atSnapshot[i]);
    }
    for (int j = 0; j < k; j++) {
      out.writeDouble(weights[j]);
      out.writeDouble(fraud[j]);
      out.writeDouble(legitimate[j]);
      out.writeInt(ids[j]);
      out.writeUTF(changes[j].name());
      out.writeInt(parents[j]);
    }
    out.writeInt(nextId);
    out.writeLong(reseeded);
  }

  /**
   * Reads what {@link #writeTo} wrote.
   *
   * @param withParents false for a state of version 1
   */
  void readFrom(DataInput in, boolean withParents) throws IOException {
    for (int f = 0; f < d; f++) {
      scales[f] = in.readFloat();
      inverseScales[f] = 1 / scales[f];
    }
    for (int i = 0; i < centroids.length; i++) {
      centroids[i] = in.readFloat();
      atSnapshot[i] = in.readFloat();
    }
    for (int j = 0; j < k; j++) {
      weights[j] = in.readDouble();
      fraud[j] = in.readDouble();
      legitimate[j] = in.readDouble();
      ids[j] = in.readInt();
      changes[j] = Change.valueOf(in.readUTF());
      parents[j] = withParents ? in.readInt() : NONE;
    }
    nextId = in.readInt();
    reseeded = in.readLong();
    Scaling.scale(centroids, k, inverseScales, scaled);
  }

  /** The mean of floats lies within their range, rounding may not. */
  private static float withinFloats(double value) {
    return (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, value));
  }

  private static void leaveOutRefused(int n, int[] assigned, float[] distances2) {
    for (int i = 0; i < n; i++) {
      if (assigned[i] < 0) {
        distances2[i] = 0;
      }
    }
  }

  private List<Integer> parents(int cluster) {
    int parent = parents[cluster];
    if (parent == NONE) {
      return List.of();
    }
    return changes[cluster] == Change.MERGED ? List.of(ids[cluster], parent) : List.of(parent);
  }

  private double lossOfMerging(int i, int j) {
    double both = weights[i] + weights[j];
    return both == 0 ? 0 : weights[i] * weights[j] / both * distance2(scaled, i, scaled, j);
  }

  private double distance2(float[] a, int i, float[] b, int j) {
    double sum = 0;
    for (int f = 0; f < d; f++) {
      double difference = a[i * d + f] - (double) b[j * d + f];
      sum += difference * difference;
    }
    return sum;
  }

  /** Lets one cluster take over the weight and labels of another. */
  private void merge(int into, int from) {
    double both = weights[into] + weights[from];
    for (int f = 0; f < d; f++) {
      int c = into * d + f;
      double sum = weights[into] * centroids[c] + weights[from] * centroids[from * d + f];
      centroids[c] = both == 0 ? centroids[c] : withinFloats(sum / both);
    }
    weights[into] = both;
    fraud[into] += fraud[from];
    legitimate[into] += legitimate[from];
    changes[into] = Change.MERGED;
    parents[into] = ids[from];
  }

  private void reseed(int cluster, float[] points, int point, double weight, int parent) {
    System.arraycopy(points, point * d, centroids, cluster * d, d);
    // Enough to live for a half-life without being fed, too little to claim traffic it has not
    // seen.
    weights[cluster] = weight;
    fraud[cluster] = 0;
    legitimate[cluster] = 0;
    ids[cluster] = nextId++;
    changes[cluster] = Change.RESEEDED;
    parents[cluster] = parent;
    reseeded++;
  }
}
