/**
 * Shoal's k-means as a stage of Flink ML: {@link io.shoal.flinkml.OnlineKMeans} learns from a table
 * of vectors, its model labels them, in Flink and outside of it.
 */
package io.shoal.flinkml;
