/** Writes a pipeline for events of a user, out of an example of them. */
package io.shoal.cli.init;
