package io.shoal.schemas;

import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown for a record that no retry can make readable. What to do with it: send it to the
 * dead-letter topic and go on.
 */
public final class UndecodableRecordException extends SerializationException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  /**
   * @param reason short and stable, for counting: {@code undecodable}, {@code unknown-schema}, ...
   * @param message what exactly is wrong, for people
   * @param cause may be null
   */
  public UndecodableRecordException(String reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Short and stable reason, for counting. */
  public String reason() {
    return reason;
  }
}
