package io.shoal.console.http;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.shoal.registry.server.security.Caller;
import io.shoal.registry.server.security.Guard;
import org.jspecify.annotations.Nullable;

/** Checks what pages send. */
final class Inputs {
  static final String NEWEST = "9223372036854775807";
  private static final int NAME_MAX = 200;

  private Inputs() {}

  static int within(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + " must lie within " + min + ".." + max + ", not " + value);
    }
    return value;
  }

  /** Who does it: by the token where there is one, else as the caller says. */
  static String by(ServiceRequestContext context, @Nullable String said) {
    Caller caller = Guard.caller(context);
    String name = caller.name() == null ? said : caller.name();
    if (name == null || name.isBlank() || name.length() > NAME_MAX) {
      throw new IllegalArgumentException(
          "'by' is missing: every change says by whom, in " + NAME_MAX + " characters at most");
    }
    return name;
  }
}
