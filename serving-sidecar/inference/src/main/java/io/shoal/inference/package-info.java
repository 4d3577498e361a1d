/**
 * Scoring on request, by the Open Inference Protocol 2 over REST and gRPC on one port. Knows models
 * and vectors, and neither Kafka nor features.
 */
package io.shoal.inference;
