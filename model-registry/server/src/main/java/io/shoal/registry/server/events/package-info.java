/** Tells others of changes: a stream of events, and webhooks. */
package io.shoal.registry.server.events;
