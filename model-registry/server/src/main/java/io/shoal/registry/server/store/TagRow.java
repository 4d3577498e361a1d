package io.shoal.registry.server.store;

/**
 * A tag of a version, or of the model itself (version 0).
 *
 * @param tagKey unique for that version
 */
public record TagRow(String model, long version, String tagKey, String tagValue) {}
