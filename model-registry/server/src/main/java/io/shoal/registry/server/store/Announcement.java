package io.shoal.registry.server.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of the outbox: an alias that has moved and is still to be announced.
 *
 * @param version that it names now; null when it was taken away
 * @param body the artifact of that version
 */
public record Announcement(
    long id,
    String model,
    String alias,
    @Nullable Long version,
    Instant promotedAt,
    String promotedBy,
    byte @Nullable [] body) {}
