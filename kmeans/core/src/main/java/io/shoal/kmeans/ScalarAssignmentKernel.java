package io.shoal.kmeans;

/**
 * The specification of every kernel: plain loops, in the order of the formula, each square added by
 * a fused multiply-add. A kernel that keeps a distance within one lane gives the same bits.
 */
public final class ScalarAssignmentKernel implements AssignmentKernel {
  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public void assign(
      float[] points,
      int from,
      int to,
      int d,
      float[] centroids,
      int k,
      int[] ids,
      float[] distances2) {
    for (int i = from; i < to; i++) {
      assignOne(points, i * d, d, centroids, k, i, ids, distances2);
    }
  }

  private static void assignOne(
      float[] points,
      int at,
      int d,
      float[] centroids,
      int k,
      int i,
      int[] ids,
      float[] distances2) {
    int best = 0;
    float bestDistance2 = Float.POSITIVE_INFINITY;
    for (int j = 0; j < k; j++) {
      float sum = 0;
      for (int f = 0, c = j * d; f < d; f++, c++) {
        float difference = points[at + f] - centroids[c];
        sum = Math.fma(difference, difference, sum);
      }
      if (sum < bestDistance2) {
        bestDistance2 = sum;
        best = j;
      }
    }
    ids[i] = best;
    distances2[i] = Math.min(bestDistance2, Float.MAX_VALUE);
  }
}
