package io.shoal.cli.doctor;

import org.jspecify.annotations.Nullable;

/**
 * What was found of one thing.
 *
 * @param mend what to do about it; null where nothing is to be done
 */
public record Finding(String thing, State state, String what, @Nullable String mend) {
  /** How it is. */
  public enum State {
    /** As it should be. */
    OK,
    /** Works, with a drawback. */
    WARNING,
    /** The pipeline does not run like this. */
    FAILURE
  }

  static Finding ok(String thing, String what) {
    return new Finding(thing, State.OK, what, null);
  }

  static Finding warning(String thing, String what, String mend) {
    return new Finding(thing, State.WARNING, what, mend);
  }

  static Finding failure(String thing, String what, String mend) {
    return new Finding(thing, State.FAILURE, what, mend);
  }
}
