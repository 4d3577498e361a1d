/**
 * The registry's memory: versions, aliases, tags, requests, the append-only log and the queues
 * beside it, in SQL that H2 and PostgreSQL both speak.
 */
package io.shoal.registry.server.store;
