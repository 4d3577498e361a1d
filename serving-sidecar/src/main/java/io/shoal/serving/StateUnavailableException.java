package io.shoal.serving;

/** Thrown while states move from one instance to another. What to do: try again. */
public final class StateUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The message says whose state is missing. */
  public StateUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
