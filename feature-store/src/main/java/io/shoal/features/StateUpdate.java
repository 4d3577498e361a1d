package io.shoal.features;

import io.shoal.features.state.EntityState;
import java.nio.ByteBuffer;

/**
 * What happened at an entity whose state is kept beside the stream: an event, or the news that one
 * was fraud. As bytes: version, kind, event time (ms), then the measures (doubles) and categories
 * (longs) of an event.
 */
public final class StateUpdate {
  private static final byte VERSION = 2;
  private static final byte EVENT = 0;
  private static final byte FRAUD = 1;
  private static final int HEADER_BYTES = 2 * Byte.BYTES + Long.BYTES;

  private final boolean fraud;
  private final long eventTimeMs;
  private final double[] measures;
  private final long[] categories;

  private StateUpdate(boolean fraud, long eventTimeMs, double[] measures, long[] categories) {
    this.fraud = fraud;
    this.eventTimeMs = eventTimeMs;
    this.measures = measures;
    this.categories = categories;
  }

  static StateUpdate event(long eventTimeMs, double[] measures, long[] categories) {
    return new StateUpdate(false, eventTimeMs, measures, categories);
  }

  /** The event of this time was fraud. */
  public static StateUpdate fraud(long eventTimeMs) {
    return new StateUpdate(true, eventTimeMs, new double[0], new long[0]);
  }

  /** When the event happened. */
  public long eventTimeMs() {
    return eventTimeMs;
  }

  /** Whether it is the news that an event was fraud. */
  public boolean isFraud() {
    return fraud;
  }

  double[] measures() {
    return measures;
  }

  long[] categories() {
    return categories;
  }

  /** The update in bytes. */
  public byte[] toBytes() {
    ByteBuffer buffer =
        ByteBuffer.allocate(
            HEADER_BYTES + Double.BYTES * measures.length + Long.BYTES * categories.length);
    buffer.put(VERSION).put(fraud ? FRAUD : EVENT).putLong(eventTimeMs);
    for (double measure : measures) {
      buffer.putDouble(measure);
    }
    for (long category : categories) {
      buffer.putLong(category);
    }
    return buffer.array();
  }

  /**
   * Reads an update of the state of this unit.
   *
   * @throws InvalidEventException when the bytes are none
   */
  public static StateUpdate fromBytes(byte[] bytes, FeatureSet features, int unit) {
    Plan.UnitPlan plan = features.plan().units()[unit];
    int measures = plan.measureRegisters().length;
    int categories = plan.categories().length;
    int eventBytes = HEADER_BYTES + Double.BYTES * measures + Long.BYTES * categories;
    boolean fraud = bytes.length == HEADER_BYTES && bytes[1] == FRAUD;
    if (bytes.length < HEADER_BYTES
        || bytes[0] != VERSION
        || !(fraud || (bytes.length == eventBytes && bytes[1] == EVENT))) {
      throw new InvalidEventException(
          "undecodable",
          "the value is no update of version %d of this feature set".formatted(VERSION));
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 2, bytes.length - 2);
    long eventTimeMs = buffer.getLong();
    if (fraud) {
      return fraud(eventTimeMs);
    }
    StateUpdate update =
        new StateUpdate(false, eventTimeMs, new double[measures], new long[categories]);
    for (int i = 0; i < measures; i++) {
      update.measures[i] = buffer.getDouble();
    }
    for (int i = 0; i < categories; i++) {
      update.categories[i] = buffer.getLong();
    }
    return update;
  }

  /**
   * Applies the update.
   *
   * @return false when it came too late for some windows, or says nothing new
   */
  public boolean applyTo(EntityState state) {
    return fraud ? state.addFraud(eventTimeMs) : state.add(eventTimeMs, measures, categories);
  }
}
