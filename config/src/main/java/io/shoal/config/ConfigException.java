package io.shoal.config;

/** Thrown for a configuration that a person has to mend; the message says how. Exit code 2. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What is wrong and what to do. */
  public ConfigException(String message) {
    super(message);
  }

  /** What is wrong and what to do, with the cause. */
  public ConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
