package io.shoal.kmeans;

import java.util.List;

/**
 * What became of a cluster since the version before.
 *
 * @param clusterId stable id
 * @param change what happened
 * @param parents ids of the clusters it came from; empty for a new one
 */
public record ClusterLineage(int clusterId, Change change, List<Integer> parents) {
  /** What can happen to a cluster. */
  public enum Change {
    /** It moved at most. */
    SAME,
    /** It was not there. */
    NEW,
    /** It took a dead cluster's place, within the traffic of its parent. */
    RESEEDED,
    /** A part of its parent. */
    SPLIT,
    /** All of its parents. */
    MERGED
  }

  /** Copies the list. */
  public ClusterLineage {
    parents = List.copyOf(parents);
  }
}
