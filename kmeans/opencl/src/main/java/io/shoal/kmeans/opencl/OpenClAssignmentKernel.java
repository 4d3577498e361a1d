package io.shoal.kmeans.opencl;

import com.aparapi.device.OpenCLDevice;
import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.ResidentPoints;
import java.util.Arrays;

/**
 * Assignment on an OpenCL device: launches of whole mini-batches, centroids in local memory. Held
 * points stay on the device, and so do their sums. Distances differ from the scalar kernel's by
 * rounding, for drivers may fuse multiply-adds or not.
 */
final class OpenClAssignmentKernel implements AssignmentKernel {
  private final OpenCLDevice device;
  private final DeviceKernel kernel;
  private int[] partIds = {};
  private float[] partDistances2 = {};

  OpenClAssignmentKernel(OpenCLDevice device) {
    this.device = device;
    this.kernel = new DeviceKernel(device);
  }

  @Override
  public String name() {
    return "opencl";
  }

  @Override
  public synchronized void assign(
      float[] points,
      int from,
      int to,
      int d,
      float[] centroids,
      int k,
      int[] ids,
      float[] distances2) {
    int n = to - from;
    if (n == 0) {
      return;
    }
    // The device fills whole arrays, also behind the last point.
    if (partIds.length < n) {
      partIds = new int[n];
      partDistances2 = new float[n];
    }
    float[] part = from == 0 ? points : Arrays.copyOfRange(points, from * d, to * d);
    kernel.load(part, n, d, partIds, partDistances2);
    kernel.assign(centroids, k);
    System.arraycopy(partIds, 0, ids, from, n);
    System.arraycopy(partDistances2, 0, distances2, from, n);
  }

  @Override
  public ResidentPoints hold(float[] points, int n, int d) {
    return new OpenClPoints(new DeviceKernel(device), points, n, d);
  }

  /** Runs a launch of one point. */
  void requireDevice() {
    assign(new float[] {1}, 1, 1, new float[] {1}, 1, new int[1], new float[1]);
  }
}
