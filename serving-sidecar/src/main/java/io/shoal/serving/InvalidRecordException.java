package io.shoal.serving;

/**
 * Thrown for a record that can be read but not used. What to do with it: send it to the dead-letter
 * topic and go on.
 */
final class InvalidRecordException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  /**
   * @param reason short and stable, for counting: {@code invalid-value}, {@code missing-key}, ...
   * @param message what exactly is wrong, for people
   */
  InvalidRecordException(String reason, String message) {
    super(message);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
