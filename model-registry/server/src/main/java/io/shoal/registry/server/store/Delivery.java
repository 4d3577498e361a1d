package io.shoal.registry.server.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change that a webhook is still to be told.
 *
 * @param attempts so far
 * @param nextAt when it is tried next
 * @param failure of the last attempt
 */
public record Delivery(
    long id,
    long webhookId,
    long auditId,
    int attempts,
    Instant nextAt,
    @Nullable String failure) {}
