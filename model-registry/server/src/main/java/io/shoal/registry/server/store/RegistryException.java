package io.shoal.registry.server.store;

/** Thrown for a request that cannot be done as asked; becomes a 4xx answer. */
public final class RegistryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Code code;

  /** Kinds of refusal, with MLflow's names and the HTTP status of each. */
  public enum Code {
    /** There is no such thing. */
    RESOURCE_DOES_NOT_EXIST(404),
    /** The name is taken. */
    RESOURCE_ALREADY_EXISTS(400),
    /** The request is not as it must be. */
    INVALID_PARAMETER_VALUE(400),
    /** The registry does not do this, on purpose. */
    FEATURE_DISABLED(400),
    /** Who asks is not known. */
    UNAUTHENTICATED(401),
    /** Who asks may not. */
    PERMISSION_DENIED(403),
    /** It does not go together with how things stand. */
    RESOURCE_CONFLICT(409),
    /** What the caller saw has changed since. */
    PRECONDITION_FAILED(412);

    private final int status;

    Code(int status) {
      this.status = status;
    }

    /** The HTTP status. */
    public int status() {
      return status;
    }
  }

  /** A refusal; the message says what to do. */
  public RegistryException(Code code, String message) {
    super(message);
    this.code = code;
  }

  /** What kind of refusal it is. */
  public Code code() {
    return code;
  }
}
