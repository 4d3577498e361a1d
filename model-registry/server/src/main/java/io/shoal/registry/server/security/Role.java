package io.shoal.registry.server.security;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a caller may do. Everybody who may change something may read; an admin may everything. */
public enum Role {
  /** Nothing. */
  NONE,
  /** Read. */
  READER,
  /** Offer versions, describe and tag them. */
  PUBLISHER,
  /** Move aliases, ask for promotions, approve and reject. */
  PROMOTER,
  /** Delete, and set up webhooks. */
  ADMIN;

  /** The role of that name, in whatever case. */
  public static Optional<Role> of(String name) {
    return Arrays.stream(values())
        .filter(role -> role.name().equalsIgnoreCase(name.trim()))
        .findFirst();
  }

  /** Whether it covers what another one may. */
  public boolean covers(Role needed) {
    return this == needed || this == ADMIN || needed == NONE || (needed == READER && this != NONE);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
