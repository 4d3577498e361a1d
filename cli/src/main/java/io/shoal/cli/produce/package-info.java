/** Sends events out of files. */
package io.shoal.cli.produce;
