package io.shoal.replay;

import io.shoal.features.Event;
import io.shoal.features.export.History;
import io.shoal.features.export.KnownLabel;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The part of a history that happened within a period; nothing before it is known. */
public final class Period implements History {
  private final History whole;
  private final long fromMs;
  private final long toMs;

  /**
   * @param from first moment of the period; null: the beginning
   * @param to first moment after it; null: the end
   */
  public Period(History whole, @Nullable Instant from, @Nullable Instant to) {
    this.whole = whole;
    this.fromMs = from == null ? Long.MIN_VALUE : from.toEpochMilli();
    this.toMs = to == null ? Long.MAX_VALUE : to.toEpochMilli();
  }

  @Override
  public boolean next(Event event) throws IOException {
    while (whole.next(event)) {
      if (event.timeMs >= fromMs && event.timeMs < toMs) {
        return true;
      }
    }
    return false;
  }

  @Override
  public @Nullable KnownLabel label() {
    return whole.label();
  }

  @Override
  public double progress() {
    return whole.progress();
  }

  @Override
  public void close() throws IOException {
    whole.close();
  }
}
