/** The training job's speed and delay, beside peers and limits of the same run. */
package io.shoal.benchmarks.training;
