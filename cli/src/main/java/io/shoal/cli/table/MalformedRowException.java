package io.shoal.cli.table;

/** A row of a table cannot be a record; the message says why. */
public final class MalformedRowException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedRowException(String message) {
    super(message);
  }
}
