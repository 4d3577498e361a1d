/** What a benchmark is to the command line; the benchmarks themselves stand in their own module. */
package io.shoal.cli.bench;
