package io.shoal.kmeans;

import org.jspecify.annotations.Nullable;

/** Thrown when a kernel cannot run here; the message says why. */
public final class KernelUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A refusal with its reason. */
  public KernelUnavailableException(String message) {
    this(message, null);
  }

  /** A refusal with its reason and cause. */
  public KernelUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
