/** The sidecar in the stream, beside a topology that does nothing. */
package io.shoal.benchmarks.stream;
