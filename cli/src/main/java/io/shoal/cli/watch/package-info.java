/** Predictions of a running pipeline, as people read them. */
package io.shoal.cli.watch;
