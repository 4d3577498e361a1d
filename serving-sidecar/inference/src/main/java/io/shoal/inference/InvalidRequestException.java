package io.shoal.inference;

/** A request that cannot be answered as it is: says what to mend. */
public final class InvalidRequestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what to mend. */
  public InvalidRequestException(String message) {
    super(message);
  }

  /** With what to mend, and the cause. */
  public InvalidRequestException(String message, Throwable cause) {
    super(message, cause);
  }
}
