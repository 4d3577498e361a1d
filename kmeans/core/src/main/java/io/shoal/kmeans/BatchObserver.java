package io.shoal.kmeans;

/** Sees each mini-batch as a learner does, before anything is learned from it. */
@FunctionalInterface
public interface BatchObserver {
  /**
   * A mini-batch was assigned. The arrays are the learner's own and longer than n; they change
   * after the call.
   *
   * @param ids row of the nearest centroid of each point, {@code [n]}
   * @param distances2 squared distances to it in units of the scales, {@code [n]}
   */
  void observed(int[] ids, float[] distances2, int n);
}
