package io.shoal.kmeans.opencl;

import com.aparapi.Kernel;
import com.aparapi.Range;
import com.aparapi.device.OpenCLDevice;
import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.KernelUnavailableException;

/**
 * Assignment on an OpenCL device: one work item per point, launches of whole mini-batches.
 *
 * <p>Aparapi falls back to a pool of Java threads without a word when a launch fails; here that is
 * an error, for a device that was asked for must be the one that works.
 */
final class OpenClAssignmentKernel implements AssignmentKernel {
  private final OpenCLDevice device;
  private final Assign assign = new Assign();

  OpenClAssignmentKernel(OpenCLDevice device) {
    this.device = device;
  }

  @Override
  public String name() {
    return "opencl";
  }

  @Override
  public synchronized void assign(
      float[] points, int n, int d, float[] centroids, int k, int[] ids, float[] distances2) {
    if (n == 0) {
      return;
    }
    assign.take(points, n, d, centroids, k, ids, distances2);
    int group = Math.min(device.getMaxWorkGroupSize(), 64);
    int padded = (n + group - 1) / group * group;
    assign.execute(Range.create(device, padded, group));
    if (!assign.ranOnDevice()) {
      throw new KernelUnavailableException(
          "Aparapi left the OpenCL device " + device.getName() + " for its Java threads");
    }
  }

  /** Runs a launch of one point. */
  void requireDevice() {
    assign(new float[] {1}, 1, 1, new float[] {1}, 1, new int[1], new float[1]);
  }

  /** What runs on the device; Aparapi translates the byte code of {@link #run} to OpenCL. */
  private static final class Assign extends Kernel {
    private float[] points = {};
    private float[] centroids = {};
    private int[] ids = {};
    private float[] distances2 = {};
    private int n;
    private int d;
    private int k;

    void take(
        float[] newPoints,
        int newN,
        int newD,
        float[] newCentroids,
        int newK,
        int[] newIds,
        float[] newDistances2) {
      points = newPoints;
      n = newN;
      d = newD;
      centroids = newCentroids;
      k = newK;
      ids = newIds;
      distances2 = newDistances2;
    }

    @SuppressWarnings("deprecation")
    boolean ranOnDevice() {
      return isRunningCL();
    }

    @Override
    public void run() {
      int i = getGlobalId();
      if (i < n) {
        int at = i * d;
        int best = 0;
        float bestDistance2 = Float.MAX_VALUE;
        for (int j = 0; j < k; j++) {
          int c = j * d;
          float sum = 0f;
          for (int f = 0; f < d; f++) {
            float difference = points[at + f] - centroids[c + f];
            sum += difference * difference;
          }
          if (sum < bestDistance2) {
            bestDistance2 = sum;
            best = j;
          }
        }
        ids[i] = best;
        distances2[i] = bestDistance2;
      }
    }
  }
}
