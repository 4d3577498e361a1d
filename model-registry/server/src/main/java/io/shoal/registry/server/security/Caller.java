package io.shoal.registry.server.security;

import org.jspecify.annotations.Nullable;

/**
 * Who calls.
 *
 * @param name from the token; null without one
 */
public record Caller(@Nullable String name, Role role) {}
