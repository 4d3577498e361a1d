package io.shoal.benchmarks.kernels;

import com.aparapi.Kernel;
import com.aparapi.Range;
import com.aparapi.device.OpenCLDevice;
import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.KernelUnavailableException;

/** What one writes first: a work item per point that walks over centroids in global memory. */
final class NaiveOpenClKernel extends Kernel implements AssignmentKernel {
  private static final int GROUP = 64;

  private final OpenCLDevice device =
      OpenCLDevice.listDevices(null).stream()
          .findFirst()
          .orElseThrow(() -> new KernelUnavailableException("no OpenCL device"));
  private float[] points = {};
  private float[] centroids = {};
  private int[] ids = {};
  private float[] distances2 = {};
  private int n;
  private int d;
  private int k;

  @Override
  public String name() {
    return "opencl-naive";
  }

  @Override
  @SuppressWarnings("deprecation")
  public void assign(
      float[] newPoints,
      int from,
      int to,
      int newD,
      float[] newCentroids,
      int newK,
      int[] newIds,
      float[] newDistances2) {
    points = newPoints;
    n = to;
    d = newD;
    centroids = newCentroids;
    k = newK;
    ids = newIds;
    distances2 = newDistances2;
    execute(Range.create(device, (to + GROUP - 1) / GROUP * GROUP, GROUP));
    if (!isRunningCL()) {
      throw new KernelUnavailableException("Aparapi left the OpenCL device");
    }
  }

  @Override
  public void run() {
    int i = getGlobalId();
    if (i < n) {
      int best = 0;
      float bestDistance2 = Float.MAX_VALUE;
      for (int j = 0; j < k; j++) {
        float sum = 0f;
        for (int f = 0; f < d; f++) {
          float difference = points[i * d + f] - centroids[j * d + f];
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
