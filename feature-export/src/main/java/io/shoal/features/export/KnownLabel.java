package io.shoal.features.export;

/**
 * What became known of an event.
 *
 * @param fraud whether it was
 * @param knownAtMs when that became known, milliseconds since 1970
 */
public record KnownLabel(boolean fraud, long knownAtMs) {}
