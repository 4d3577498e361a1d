package io.shoal.registry.server;

/** Thrown for a request that cannot be done as asked; becomes a 4xx answer. */
final class RegistryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Code code;

  /** Kinds of refusal, with MLflow's names where it has one. */
  enum Code {
    RESOURCE_DOES_NOT_EXIST,
    INVALID_PARAMETER_VALUE,
    CONFLICT
  }

  /** A refusal; the message says what to do. */
  RegistryException(Code code, String message) {
    super(message);
    this.code = code;
  }

  Code code() {
    return code;
  }
}
