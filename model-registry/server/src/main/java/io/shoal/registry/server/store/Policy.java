package io.shoal.registry.server.store;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Who moves the champion. */
public enum Policy {
  /** A candidate that passes its gates becomes champion, unless a person has moved it by hand. */
  AUTOMATIC,
  /** One person asks, another approves. */
  APPROVAL,
  /** Any one person who may promote. */
  MANUAL;

  /** The names as they stand in a configuration. */
  public static List<String> names() {
    return Arrays.stream(values()).map(Policy::toString).toList();
  }

  /** The policy of that name. */
  public static Policy of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
