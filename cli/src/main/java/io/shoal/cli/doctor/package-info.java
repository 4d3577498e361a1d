/** Looks at what a pipeline stands on, and says how to mend what is wrong. */
package io.shoal.cli.doctor;
