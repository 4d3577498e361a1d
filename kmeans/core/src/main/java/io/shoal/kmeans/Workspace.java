package io.shoal.kmeans;

/** Arrays of a learner that are used again from batch to batch. */
final class Workspace {
  int[] ids = {};
  float[] distances2 = {};
  double[] raws = {};

  void ensure(int n) {
    if (ids.length < n) {
      ids = new int[n];
      distances2 = new float[n];
      raws = new double[n];
    }
  }
}
