package io.shoal.features;

/**
 * Thrown for a record that can be read but not used. What to do with it: put it aside with the
 * reason and go on.
 */
public final class InvalidEventException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  /**
   * @param reason short and stable, for counting: {@code invalid-value}, {@code missing-key}, ...
   * @param message what exactly is wrong, for people
   */
  public InvalidEventException(String reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Short and stable, for counting. */
  public String reason() {
    return reason;
  }
}
