package io.shoal.kmeans;

/**
 * What a learner has done so far.
 *
 * @param events seen, learned from or refused
 * @param refused events past the learnable percentile
 * @param refusedShare their decayed share of traffic, in [0, 1]
 * @param batches learned
 * @param meanDistance2 decayed mean squared distance to the nearest centroid, in units of the
 *     scales
 * @param reseeded dead clusters given a new place
 * @param movement largest movement of a centroid since the last snapshot, in units of the scales
 * @param quarantined points that wait for a label or for drift
 */
public record LearningMetrics(
    long events,
    long refused,
    double refusedShare,
    long batches,
    double meanDistance2,
    long reseeded,
    double movement,
    int quarantined) {}
