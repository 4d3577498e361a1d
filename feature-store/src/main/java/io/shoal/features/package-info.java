/**
 * Features computed in the stream and anywhere else: declared sets, compiled; events out of any
 * Avro record; vectors from events and the states of their entities. {@link
 * io.shoal.features.FeatureSet} is where to start.
 */
package io.shoal.features;
