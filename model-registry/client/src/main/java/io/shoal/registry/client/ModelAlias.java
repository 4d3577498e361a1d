package io.shoal.registry.client;

import java.time.Instant;

/**
 * Which version an alias names.
 *
 * @param pinned whether a person moved it, so that the automatic policy keeps off
 */
public record ModelAlias(
    String model, String alias, long version, boolean pinned, Instant changedAt) {}
