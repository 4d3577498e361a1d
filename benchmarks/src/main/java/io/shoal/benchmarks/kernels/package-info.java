/** What {@code shoal bench kernels} measures: JMH benchmarks of the numeric core, and its peers. */
package io.shoal.benchmarks.kernels;
