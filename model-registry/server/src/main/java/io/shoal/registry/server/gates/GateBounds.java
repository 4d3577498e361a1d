package io.shoal.registry.server.gates;

/**
 * What the gates ask for.
 *
 * @param vectorsMin fewer vectors than these judge nobody
 * @param distanceRatioMax how many times the champion's mean squared distance a candidate may have
 * @param driftMax largest population stability index of a candidate's scores
 * @param reviewShare share of traffic with the highest scores that counts as flagged
 * @param flipsMax largest share of traffic on which candidate and champion may disagree
 */
public record GateBounds(
    int vectorsMin,
    double distanceRatioMax,
    double driftMax,
    double reviewShare,
    double flipsMax) {}
