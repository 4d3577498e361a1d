package io.shoal.console.store;

import org.jspecify.annotations.Nullable;

/**
 * Which predictions to list; null leaves a condition out.
 *
 * @param before id below which to go on
 * @param after id above which they must lie
 */
public record PredictionFilter(
    @Nullable Long before,
    @Nullable Long after,
    @Nullable String decision,
    @Nullable String entity,
    @Nullable Long version,
    @Nullable Double scoreMin,
    @Nullable Double scoreMax,
    @Nullable Integer cluster) {}
