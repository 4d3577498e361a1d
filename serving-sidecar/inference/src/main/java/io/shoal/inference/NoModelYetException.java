package io.shoal.inference;

/** The model is to come, but is not here yet: try again later. */
final class NoModelYetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NoModelYetException(String message) {
    super(message);
  }
}
