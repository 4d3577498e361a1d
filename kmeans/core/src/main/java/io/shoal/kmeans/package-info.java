/**
 * The numeric heart: online mini-batch k-means, anomaly scores, and the kernels that assign points
 * to centroids. Depends on the JDK and DataSketches alone.
 */
package io.shoal.kmeans;
