package io.shoal.registry.client;

import java.util.List;

/**
 * What changed from one version to another: clusters by their stable ids, features by their names.
 *
 * @param meanMovement mean distance that the kept centres moved, weighted, in units of the older
 *     scales
 * @param moved clusters that both have, the one that moved farthest first
 * @param born ids of clusters that only the newer has
 * @param dead ids of clusters that only the older has
 */
public record ModelDiff(
    String model,
    long from,
    long to,
    double meanMovement,
    List<MovedCluster> moved,
    List<Integer> born,
    List<Integer> dead,
    List<ScaleChange> scales,
    List<String> featuresAdded,
    List<String> featuresRemoved) {

  /**
   * A cluster that both versions have.
   *
   * @param distance that its centre moved, in units of the older scales
   * @param feature that moved most; empty when the centre stood still
   * @param weightFrom share of the traffic in the older version
   * @param weightTo share in the newer
   */
  public record MovedCluster(
      int id, double distance, String feature, double weightFrom, double weightTo) {}

  /** The scale of a feature that both versions have. */
  public record ScaleChange(String feature, double from, double to) {}
}
