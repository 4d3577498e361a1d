package io.shoal.console.store;

import com.fasterxml.jackson.annotation.JsonRawValue;
import org.jspecify.annotations.Nullable;

/**
 * A prediction as the console lists it. Times are milliseconds since 1970.
 *
 * @param id grows as predictions arrive
 * @param partition of the topic of predictions
 * @param at when its transaction was sent
 * @param contributions JSON: features, values and shares, largest share first
 * @param fraud its label; null where none is known
 */
public record PredictionRow(
    long id,
    int partition,
    long at,
    long eventTime,
    String transactionId,
    String entityId,
    @Nullable Double score,
    @Nullable Double risk,
    String decision,
    @Nullable String reason,
    @Nullable Integer clusterId,
    @Nullable Double distance2,
    @JsonRawValue String contributions,
    @Nullable String model,
    @Nullable Long version,
    String fingerprint,
    String sourceTopic,
    int sourcePartition,
    long sourceOffset,
    @Nullable Boolean fraud,
    @Nullable Long knownAt) {}
