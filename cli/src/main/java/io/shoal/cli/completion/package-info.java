/** Scripts by which shells complete the words of the command line. */
package io.shoal.cli.completion;
