/** The web console: what stands between the registry, Kafka and the page. */
package io.shoal.console;
