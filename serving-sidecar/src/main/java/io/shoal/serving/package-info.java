/**
 * The serving sidecar: a Kafka Streams topology that computes features, scores every transaction
 * with the current model, and joins late labels to what was scored. {@link
 * io.shoal.serving.SidecarTopology} is the map.
 */
package io.shoal.serving;
