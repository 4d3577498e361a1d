package io.shoal.registry.client;

/** Thrown for a model version that must not be used: keep the one before and tell a person. */
public final class InvalidModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param model name
   * @param version number; 0 for a candidate
   * @param problem what is wrong with it
   */
  public InvalidModelException(String model, long version, String problem) {
    super("model " + model + " version " + version + ": " + problem);
  }
}
