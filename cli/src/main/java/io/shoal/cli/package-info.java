/** The {@code shoal} command. {@link io.shoal.cli.ShoalCommand} is the list of its verbs. */
package io.shoal.cli;
