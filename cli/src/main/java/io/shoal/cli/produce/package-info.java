/** Sends events out of files, or made up, to a pipeline. */
package io.shoal.cli.produce;
