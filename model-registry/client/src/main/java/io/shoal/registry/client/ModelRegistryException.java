package io.shoal.registry.client;

/** Thrown when the registry refuses a request or does not answer; the message says what to do. */
public final class ModelRegistryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The status where there was no answer. */
  public static final int NO_ANSWER = 0;

  private final int status;
  private final String code;

  /** A refusal, as the registry worded it. */
  public ModelRegistryException(int status, String code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** No answer. */
  public ModelRegistryException(String message, Throwable cause) {
    super(message, cause);
    this.status = NO_ANSWER;
    this.code = "NO_ANSWER";
  }

  /** The HTTP status, or {@link #NO_ANSWER}. */
  public int status() {
    return status;
  }

  /** The registry's code, such as RESOURCE_CONFLICT. */
  public String code() {
    return code;
  }
}
