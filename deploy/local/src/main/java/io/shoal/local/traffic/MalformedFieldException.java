package io.shoal.local.traffic;

/**
 * Thrown inside this package for a field that is not what its column says. Without a stack trace:
 * it is part of reading, and a file may hold millions of them.
 */
final class MalformedFieldException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedFieldException(String message) {
    super(message, null, false, false);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
