package io.shoal.inference;

/** More work came in than may wait: try again later. */
public final class OverloadedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Seconds after which a client may try again. */
  public static final int RETRY_AFTER_SECONDS = 1;

  OverloadedException(int waiting) {
    super(waiting + " requests wait already; try again in " + RETRY_AFTER_SECONDS + " s");
  }
}
