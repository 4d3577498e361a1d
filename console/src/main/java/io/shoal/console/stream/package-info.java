/** What the console reads from Kafka, and writes back. */
package io.shoal.console.stream;
