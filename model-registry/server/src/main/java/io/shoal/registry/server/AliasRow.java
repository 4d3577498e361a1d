package io.shoal.registry.server;

import java.time.Instant;

/**
 * Which version an alias names.
 *
 * @param pinned whether a person moved it, so that the automatic policy keeps off
 */
record AliasRow(String model, String alias, long version, boolean pinned, Instant changedAt) {}
