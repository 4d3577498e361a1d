/**
 * Runs features, scoring and learning over past traffic in one process: the classes of the stream,
 * without Kafka, in event time.
 */
@NullMarked
package io.shoal.replay;

import org.jspecify.annotations.NullMarked;
