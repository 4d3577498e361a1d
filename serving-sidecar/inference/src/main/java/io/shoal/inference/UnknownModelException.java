package io.shoal.inference;

/** There is no such model here, or not in that version. */
final class UnknownModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnknownModelException(String message) {
    super(message);
  }
}
