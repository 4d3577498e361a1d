package io.shoal.schemas;

import org.apache.kafka.common.errors.SerializationException;

/**
 * Thrown when the registry refuses a schema that Shoal wants to write. Nothing can be produced
 * until the subject's compatibility or its schemas are changed by a person.
 */
public final class IncompatibleSchemaException extends SerializationException {
  private static final long serialVersionUID = 1L;

  /** A refusal with the registry's words. */
  public IncompatibleSchemaException(String message, Throwable cause) {
    super(message, cause);
  }
}
