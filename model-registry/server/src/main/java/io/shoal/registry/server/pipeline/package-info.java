/**
 * The threads between Kafka and the store: candidates in, announcements out, vectors to judge by,
 * and the lock that says which instance does it.
 */
package io.shoal.registry.server.pipeline;
