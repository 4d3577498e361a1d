package io.shoal.features.state;

/**
 * Thrown for stored bytes that are not a {@link EntityState} of this shape. No retry helps: delete
 * the entity's value or restore the store from its changelog.
 */
public final class CorruptStateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The message says what is wrong and at which byte. */
  public CorruptStateException(String message) {
    super(message);
  }
}
