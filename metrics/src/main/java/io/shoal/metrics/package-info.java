/** What a service tells Prometheus: names as the ecosystem expects them, at {@code /metrics}. */
package io.shoal.metrics;
