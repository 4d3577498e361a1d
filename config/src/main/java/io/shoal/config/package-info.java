/**
 * How Shoal's services are configured: options declared once with Kafka's {@code ConfigDef} (type,
 * default, bound, description), read from a properties file; an unknown key is an error.
 */
package io.shoal.config;
