package io.shoal.kmeans.drift;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The population stability index of cluster shares: {@code sum_j (p_j - q_j) ln(p_j / q_j)}, with p
 * the shares in the newest window and q those before it, which fade by a fifth with each window.
 * Common usage (Siddiqi 2006): below 0.1 nothing happened, above 0.25 the population has shifted.
 *
 * <p>Without drift its mean is about {@code (k - 1) (1/n + 1/m)} for n and m events (Yurdakul
 * 2018); windows of {@value #WINDOW_PER_CLUSTER} events per cluster keep that below 0.02. Half an
 * event is added to each cluster, so that none is empty.
 */
public final class PopulationStability {
  private static final int WINDOW_MIN = 2_000;
  private static final int WINDOW_PER_CLUSTER = 64;
  private static final double FADING = 0.8;
  private static final double PRIOR = 0.5;

  private final long window;
  private final long[] current;
  private final double[] reference;
  private long currentCount;
  private double referenceCount;
  private double index;

  /**
   * @param k number of clusters
   */
  public PopulationStability(int k) {
    this.current = new long[k];
    this.reference = new double[k];
    this.window = Math.max(WINDOW_MIN, (long) WINDOW_PER_CLUSTER * k);
  }

  /**
   * Takes the clusters of a block of events.
   *
   * @param ids {@code [n]}, in [0, k)
   * @return whether a window ended, so that {@link #lastIndex()} is new
   */
  public boolean add(int[] ids, int n) {
    for (int i = 0; i < n; i++) {
      current[ids[i]]++;
    }
    currentCount += n;
    if (currentCount < window) {
      return false;
    }
    index = referenceCount == 0 ? 0 : index();
    referenceCount = FADING * referenceCount + currentCount;
    for (int j = 0; j < current.length; j++) {
      reference[j] = FADING * reference[j] + current[j];
      current[j] = 0;
    }
    currentCount = 0;
    return true;
  }

  /** Events of a window. */
  public long window() {
    return window;
  }

  /** Of the last whole window against those before; 0 before there are two. */
  public double lastIndex() {
    return index;
  }

  private double index() {
    double sum = 0;
    double prior = PRIOR * current.length;
    for (int j = 0; j < current.length; j++) {
      double p = (current[j] + PRIOR) / (currentCount + prior);
      double q = (reference[j] + PRIOR) / (referenceCount + prior);
      sum += (p - q) * Math.log(p / q);
    }
    return sum;
  }

  void writeTo(DataOutput out) throws IOException {
    out.writeLong(currentCount);
    out.writeDouble(referenceCount);
    out.writeDouble(index);
    for (int j = 0; j < current.length; j++) {
      out.writeLong(current[j]);
      out.writeDouble(reference[j]);
    }
  }

  void readFrom(DataInput in) throws IOException {
    currentCount = in.readLong();
    referenceCount = in.readDouble();
    index = in.readDouble();
    for (int j = 0; j < current.length; j++) {
      current[j] = in.readLong();
      reference[j] = in.readDouble();
    }
  }
}
