package io.shoal.registry.server.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of the outbox: an alias that has moved and is still to be announced.
 *
 * @param version that it names now; null when it was taken away
 * @param body the artifact of that version; null where it lies in an object store
 * @param objectKey where it lies there
 * @param sha256 of the artifact there
 */
public record Announcement(
    long id,
    String model,
    String alias,
    @Nullable Long version,
    Instant promotedAt,
    String promotedBy,
    byte @Nullable [] body,
    @Nullable String objectKey,
    @Nullable String sha256) {

  Announcement withBody(byte[] fetched) {
    return new Announcement(
        id, model, alias, version, promotedAt, promotedBy, fetched, objectKey, sha256);
  }
}
