package io.shoal.serving;

import io.shoal.features.StateUnit;
import org.jspecify.annotations.Nullable;

/** Finds the state of an entity wherever it is kept. Thread-safe. */
public interface StateLookup {
  /**
   * The stored value, or null when nothing is known of the entity.
   *
   * @throws StateUnavailableException when the instance that would know does not answer now
   */
  byte @Nullable [] get(StateUnit unit, String entityKey);

  /** Whether {@link #get} would find it in this instance, and so need not wait for another. */
  boolean isLocal(StateUnit unit, String entityKey);

  /** The same as {@link #get}, of what this instance itself keeps. */
  byte @Nullable [] getLocal(StateUnit unit, String entityKey);
}
