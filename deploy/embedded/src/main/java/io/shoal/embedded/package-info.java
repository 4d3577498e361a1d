/**
 * A real Kafka broker in this JVM and a real schema registry as a child process: what the demo and
 * the integration tests stand on. Not for production, where both run on their own machines.
 */
package io.shoal.embedded;
