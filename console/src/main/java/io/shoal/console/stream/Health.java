package io.shoal.console.stream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the parts are, as seen from the registry's process.
 *
 * @param at when it was looked at, milliseconds since 1970; 0 for not yet
 */
public record Health(long at, List<Part> parts) {
  /** Nothing is known yet. */
  public static final Health UNKNOWN = new Health(0, List.of());

  /**
   * One part.
   *
   * @param state {@code ok}, {@code warn} or {@code down}
   * @param detail for people
   * @param behind records that it has still to read; null where that says nothing
   */
  public record Part(String name, String state, String detail, @Nullable Long behind) {
    static Part ok(String name, String detail, @Nullable Long behind) {
      return new Part(name, "ok", detail, behind);
    }

    static Part warn(String name, String detail, @Nullable Long behind) {
      return new Part(name, "warn", detail, behind);
    }

    static Part down(String name, String detail) {
      return new Part(name, "down", detail, null);
    }
  }
}
