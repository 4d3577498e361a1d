package io.shoal.features.export;

import io.shoal.features.Event;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Takes vectors, one row each. */
public interface VectorSink extends Closeable {
  /**
   * Takes a row.
   *
   * @param event that the row is of: id, time and keys
   * @param vector its features, reused by the caller
   * @param label of the event, when one is known by the end
   */
  void write(Event event, float[] vector, @Nullable KnownLabel label) throws IOException;
}
