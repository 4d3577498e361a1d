package io.shoal.registry.server.objects;

/** Thrown when the object store does not answer or refuses: try again later. */
public final class ObjectStoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A failure with the client's own words behind it. */
  public ObjectStoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
