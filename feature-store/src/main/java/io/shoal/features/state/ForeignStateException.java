package io.shoal.features.state;

/**
 * Thrown for a stored value of another {@link StateLayout}. No record is to blame and no retry
 * helps: give the changed feature set a store of its own.
 */
public final class ForeignStateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The message says what to do. */
  public ForeignStateException(String message) {
    super(message);
  }
}
