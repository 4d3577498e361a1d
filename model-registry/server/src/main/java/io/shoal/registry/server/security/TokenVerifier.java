package io.shoal.registry.server.security;

import java.util.Optional;

/** Knows callers by what they bring. */
@FunctionalInterface
public interface TokenVerifier {
  /** Who brings this token; empty when it is not known or not valid. */
  Optional<Caller> verify(String token);
}
