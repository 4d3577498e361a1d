package io.shoal.schemas;

import org.apache.kafka.common.errors.RetriableException;

/**
 * Thrown when the schema registry does not answer. The record is not to blame: retry or restart,
 * never dead-letter it.
 */
public final class SchemaRegistryUnavailableException extends RetriableException {
  private static final long serialVersionUID = 1L;

  /** An answer that did not come. */
  public SchemaRegistryUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
