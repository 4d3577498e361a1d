package io.shoal.features.export;

import io.shoal.features.Event;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Events in the order in which they came. */
public interface History extends Closeable {
  /**
   * Fills the event with the next one.
   *
   * @return false at the end
   */
  boolean next(Event event) throws IOException;

  /** What the history itself says of the label of the event read last, if it does. */
  default @Nullable KnownLabel label() {
    return null;
  }

  /** Share of the history that was read, in [0, 1]; NaN where that is not known. */
  default double progress() {
    return Double.NaN;
  }
}
