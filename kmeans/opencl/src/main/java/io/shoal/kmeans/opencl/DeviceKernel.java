package io.shoal.kmeans.opencl;

import com.aparapi.Kernel;
import com.aparapi.Range;
import com.aparapi.device.OpenCLDevice;
import io.shoal.kmeans.KernelUnavailableException;

/**
 * What runs on the device; Aparapi translates the byte code of {@link #run} to OpenCL. Buffers are
 * explicit: an array goes over and comes back only when {@link #put} or {@link #get} says so.
 *
 * <p>Assignment: one work item per point. A work group copies a tile of centroids to local memory,
 * feature by feature, so that each work item measures {@link #WIDTH} of them at a time: the sums do
 * not wait for each other, and a CPU driver turns them into one vector.
 *
 * <p>Sums: one work item per feature and slice of the points, in memory of its own, so that nothing
 * is atomic; then one per cluster and feature that adds up the slices.
 *
 * <p>Aparapi falls back to a pool of Java threads without a word when a launch fails; here that is
 * an error, for a device that was asked for must be the one that works.
 */
final class DeviceKernel extends Kernel {
  private static final int ASSIGN = 0;
  private static final int SUM_SLICES = 1;
  private static final int SUM = 2;

  /** Centroids that a work item measures at a time. */
  private static final int WIDTH = 8;

  /** Floats of a tile: 32 KiB, what every device has. */
  private static final int TILE = 8_192;

  private static final int FEATURES_MAX = TILE / WIDTH;

  /** Sums of so many points lose two digits of a float at most. */
  private static final int SLICE = 1_024;

  private static final int GROUP_MAX = 256;

  private final OpenCLDevice device;
  private final int group;

  @Local private final float[] tile = new float[TILE];

  private int mode;
  private int n;
  private int d;
  private int k;
  private int tileCentroids;
  private int slices;
  private float[] points = {};
  private float[] centroids = {};
  private int[] ids = {};
  private float[] distances2 = {};
  private float[] sliceSums = new float[1];
  private int[] sliceCounts = new int[1];
  private float[] sums = new float[1];
  private int[] counts = new int[1];

  DeviceKernel(OpenCLDevice device) {
    this.device = device;
    this.group = Math.min(device.getMaxWorkGroupSize(), GROUP_MAX);
    setExplicit(true);
  }

  /**
   * Takes points to the device.
   *
   * @throws IllegalArgumentException when a tile of centroids would not fit local memory
   */
  void load(float[] newPoints, int newN, int newD, int[] newIds, float[] newDistances2) {
    if (newD > FEATURES_MAX) {
      throw new IllegalArgumentException(
          newD + " features do not fit the device's local memory, " + FEATURES_MAX + " do");
    }
    points = newPoints;
    n = newN;
    d = newD;
    ids = newIds;
    distances2 = newDistances2;
    put(points);
  }

  /** Assigns the loaded points. */
  void assign(float[] newCentroids, int newK) {
    centroids = newCentroids;
    k = newK;
    int fitting = Math.max(1, TILE / (d * WIDTH));
    tileCentroids = Math.min(fitting, (k + WIDTH - 1) / WIDTH) * WIDTH;
    put(centroids);
    launch(ASSIGN, n);
    get(ids);
    get(distances2);
  }

  /** Sums of the loaded points by their last assignment, {@code [k * d]}; the counts as well. */
  float[] sum(int[] countsOut) {
    slices = (n + SLICE - 1) / SLICE;
    if (sliceSums.length < slices * k * d) {
      sliceSums = new float[slices * k * d];
      sliceCounts = new int[slices * k];
    }
    if (sums.length != k * d) {
      sums = new float[k * d];
      counts = new int[k];
    }
    launch(SUM_SLICES, slices * d);
    launch(SUM, k * d);
    get(sums);
    get(counts);
    System.arraycopy(counts, 0, countsOut, 0, k);
    return sums;
  }

  private void launch(int newMode, int items) {
    mode = newMode;
    execute(Range.create(device, (items + group - 1) / group * group, group));
    if (!ranOnDevice()) {
      throw new KernelUnavailableException(
          "Aparapi left the OpenCL device " + device.getName() + " for its Java threads");
    }
  }

  @SuppressWarnings("deprecation")
  private boolean ranOnDevice() {
    return isRunningCL();
  }

  @Override
  public void run() {
    if (mode == ASSIGN) {
      assignPoint();
    } else if (mode == SUM_SLICES) {
      sumSlice();
    } else {
      sumSlices();
    }
  }

  private void assignPoint() {
    int i = getGlobalId();
    int item = getLocalId();
    int items = getLocalSize();
    // Work items behind the last point load centroids like the others, and measure the last point.
    int at = min(i, n - 1) * d;
    int best = 0;
    float bestDistance2 = Float.MAX_VALUE;
    for (int first = 0; first < k; first += tileCentroids) {
      localBarrier();
      for (int t = item; t < tileCentroids * d; t += items) {
        int f = t / tileCentroids;
        int j = min(first + t - f * tileCentroids, k - 1);
        tile[t] = centroids[j * d + f];
      }
      localBarrier();
      for (int j = 0; j < tileCentroids && first + j < k; j += WIDTH) {
        float s0 = 0f;
        float s1 = 0f;
        float s2 = 0f;
        float s3 = 0f;
        float s4 = 0f;
        float s5 = 0f;
        float s6 = 0f;
        float s7 = 0f;
        for (int f = 0; f < d; f++) {
          float x = points[at + f];
          int c = f * tileCentroids + j;
          float e0 = x - tile[c];
          float e1 = x - tile[c + 1];
          float e2 = x - tile[c + 2];
          float e3 = x - tile[c + 3];
          float e4 = x - tile[c + 4];
          float e5 = x - tile[c + 5];
          float e6 = x - tile[c + 6];
          float e7 = x - tile[c + 7];
          s0 += e0 * e0;
          s1 += e1 * e1;
          s2 += e2 * e2;
          s3 += e3 * e3;
          s4 += e4 * e4;
          s5 += e5 * e5;
          s6 += e6 * e6;
          s7 += e7 * e7;
        }
        // Behind the last centroid the tile repeats it: what is not nearer changes nothing.
        int row = first + j;
        if (s0 < bestDistance2) {
          bestDistance2 = s0;
          best = row;
        }
        if (s1 < bestDistance2) {
          bestDistance2 = s1;
          best = row + 1;
        }
        if (s2 < bestDistance2) {
          bestDistance2 = s2;
          best = row + 2;
        }
        if (s3 < bestDistance2) {
          bestDistance2 = s3;
          best = row + 3;
        }
        if (s4 < bestDistance2) {
          bestDistance2 = s4;
          best = row + 4;
        }
        if (s5 < bestDistance2) {
          bestDistance2 = s5;
          best = row + 5;
        }
        if (s6 < bestDistance2) {
          bestDistance2 = s6;
          best = row + 6;
        }
        if (s7 < bestDistance2) {
          bestDistance2 = s7;
          best = row + 7;
        }
      }
    }
    if (i < n) {
      ids[i] = best;
      distances2[i] = bestDistance2;
    }
  }

  private void sumSlice() {
    int item = getGlobalId();
    if (item < slices * d) {
      int slice = item / d;
      int f = item - slice * d;
      for (int j = 0; j < k; j++) {
        sliceSums[(slice * k + j) * d + f] = 0f;
        if (f == 0) {
          sliceCounts[slice * k + j] = 0;
        }
      }
      int end = min(n, (slice + 1) * SLICE);
      for (int i = slice * SLICE; i < end; i++) {
        int row = slice * k + ids[i];
        sliceSums[row * d + f] += points[i * d + f];
        if (f == 0) {
          sliceCounts[row] += 1;
        }
      }
    }
  }

  private void sumSlices() {
    int item = getGlobalId();
    if (item < k * d) {
      float sum = 0f;
      float lost = 0f;
      for (int slice = 0; slice < slices; slice++) {
        // Kahan's compensated sum.
        float value = sliceSums[slice * k * d + item] - lost;
        float next = sum + value;
        lost = (next - sum) - value;
        sum = next;
      }
      sums[item] = sum;
      if (item < k) {
        int count = 0;
        for (int slice = 0; slice < slices; slice++) {
          count += sliceCounts[slice * k + item];
        }
        counts[item] = count;
      }
    }
  }
}
