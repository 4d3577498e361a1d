package io.shoal.kmeans;

/**
 * What a batch fit found.
 *
 * @param centroids {@code [k * d]}, row-major, in feature units
 * @param scales per feature {@code [d]}: its standard deviation, or 1 without standardization
 * @param counts points per cluster, {@code [k]}
 * @param ids row of the nearest centroid per point, {@code [n]}
 * @param distances2 squared distance to it per point, {@code [n]}, in units of the scales
 * @param inertia sum of the squared distances
 * @param iterations updates of the centroids in the run that was taken
 * @param converged whether that run ended by its tolerance rather than by the bound of iterations
 */
@SuppressWarnings("ArrayRecordComponent") // A result to be read, never compared.
public record KMeansFit(
    float[] centroids,
    float[] scales,
    long[] counts,
    int[] ids,
    float[] distances2,
    double inertia,
    int iterations,
    boolean converged) {}
