/**
 * The whole system on one machine: every part in this JVM but the schema registry, which is its
 * child process. {@link io.shoal.local.stack.LocalStack} is the list of parts.
 */
package io.shoal.local.stack;
