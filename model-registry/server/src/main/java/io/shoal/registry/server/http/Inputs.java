package io.shoal.registry.server.http;

import io.shoal.registry.server.security.Caller;
import io.shoal.registry.server.store.Aliases.Reason;
import io.shoal.registry.server.store.Names;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.registry.server.store.RegistryException.Code;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Checks what callers send. */
final class Inputs {
  static final String NEWEST = "9223372036854775807";
  private static final int PAGE_MAX = 1_000;
  private static final Instant FAR_FUTURE = Instant.parse("9999-12-31T00:00:00Z");

  private Inputs() {}

  static int page(int limit) {
    if (limit < 1 || limit > PAGE_MAX) {
      throw invalid("limit must lie within 1.." + PAGE_MAX + ", not " + limit);
    }
    return limit;
  }

  /** Who changes something and why: by the token where there is one, else as the caller says. */
  static Reason reason(Caller caller, @Nullable String by, @Nullable String why) {
    return new Reason(name(caller, by), required("reason", why, Names.REASON_MAX));
  }

  /** Who changes something: the token's name where there is one, else who the caller says. */
  static String name(Caller caller, @Nullable String by) {
    String name = caller.name();
    if (name != null && by != null && !by.isEmpty() && !by.equals(name)) {
      throw new RegistryException(
          Code.PERMISSION_DENIED,
          "'by' says " + by + ", the token is " + name + "'s; leave 'by' out");
    }
    return required("by", name == null ? by : name, Names.LENGTH_MAX);
  }

  static String required(String name, @Nullable String value, int lengthMax) {
    if (value == null || value.isBlank()) {
      throw missing(name);
    }
    if (value.length() > lengthMax) {
      throw invalid(
          "'" + name + "' has " + value.length() + " characters; " + lengthMax + " at most");
    }
    return value;
  }

  static RegistryException missing(String name) {
    return invalid("'" + name + "' is missing; every change says what, by whom and why");
  }

  static Instant moment(String text) {
    try {
      Instant moment = Instant.parse(text);
      if (!moment.isBefore(Instant.EPOCH) && moment.isBefore(FAR_FUTURE)) {
        return moment;
      }
      throw noMoment(text);
    } catch (DateTimeParseException e) {
      throw noMoment(text);
    }
  }

  static RegistryException invalid(String message) {
    return new RegistryException(Code.INVALID_PARAMETER_VALUE, message);
  }

  private static RegistryException noMoment(String text) {
    return invalid("'at' must be a moment such as 2018-04-01T14:03:07Z, not '" + text + "'");
  }
}
