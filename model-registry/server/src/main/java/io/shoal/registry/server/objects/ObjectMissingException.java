package io.shoal.registry.server.objects;

/** Thrown when the object store has nothing under a key. */
public final class ObjectMissingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The key that nothing is kept under. */
  public ObjectMissingException(String key, Throwable cause) {
    super("there is no object " + key, cause);
  }
}
