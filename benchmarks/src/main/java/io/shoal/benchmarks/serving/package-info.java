/** Serving on request beside the usual way to do it in Python. */
package io.shoal.benchmarks.serving;
