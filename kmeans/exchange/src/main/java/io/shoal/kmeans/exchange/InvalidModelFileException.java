package io.shoal.kmeans.exchange;

import org.jspecify.annotations.Nullable;

/** Thrown for a file from which no model can be read; the message says what to do about it. */
public final class InvalidModelFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param problem what is wrong, and what to do
   */
  public InvalidModelFileException(String problem) {
    this(problem, null);
  }

  /**
   * @param problem what is wrong, and what to do
   * @param cause what a parser said
   */
  public InvalidModelFileException(String problem, @Nullable Throwable cause) {
    super(problem, cause);
  }
}
