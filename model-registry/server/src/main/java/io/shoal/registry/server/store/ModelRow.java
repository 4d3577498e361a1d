package io.shoal.registry.server.store;

import java.time.Instant;

/**
 * A model as the registry keeps it.
 *
 * @param lastVersion the highest number given so far; 0 for none
 */
public record ModelRow(
    String model,
    String description,
    Instant createdAt,
    Instant updatedAt,
    boolean deleted,
    long lastVersion) {}
