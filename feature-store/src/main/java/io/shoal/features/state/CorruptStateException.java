package io.shoal.features;

/**
 * Thrown for stored bytes that are not a {@link WindowState} of this shape. No retry helps: delete
 * the entity's value or restore the store from its changelog.
 */
public final class CorruptWindowStateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The message says what is wrong and at which byte. */
  public CorruptWindowStateException(String message) {
    super(message);
  }
}
