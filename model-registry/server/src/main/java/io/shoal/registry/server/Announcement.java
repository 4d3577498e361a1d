package io.shoal.registry.server;

import java.time.Instant;

/** A row of the outbox: an alias that has moved and is still to be announced, with the artifact. */
record Announcement(
    long id,
    String model,
    String alias,
    long version,
    Instant promotedAt,
    String promotedBy,
    byte[] artifact) {}
