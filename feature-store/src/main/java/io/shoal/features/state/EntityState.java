package io.shoal.features.state;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * All that is kept of one entity, stored as one value.
 *
 * <p>The object is mutable and meant to be reused: {@link #read}, {@link #add}, ask its groups,
 * {@link #toBytes}. Not thread-safe.
 *
 * <p>Form of the value: version (one byte), layout id (four bytes), the time of the newest event
 * where it is kept (zig-zag varint), then the {@linkplain WindowGroup groups}.
 */
public final class EntityState {
  private static final int VERSION = 2;
  private static final long NEVER = Long.MIN_VALUE;
  private static final long LAST_EVENT_KEPT_MS = Duration.ofDays(90).toMillis();

  private final StateLayout layout;
  private final WindowGroup[] groups;
  private final VarintBuffer output = new VarintBuffer();
  private final VarintBuffer input = new VarintBuffer();
  private long newestMs = NEVER;
  private long previousMs = NEVER;

  /** An empty state. */
  public EntityState(StateLayout layout) {
    this.layout = layout;
    this.groups = layout.groups().stream().map(WindowGroup::new).toArray(WindowGroup[]::new);
  }

  /**
   * Replaces the content by what {@link #toBytes} gave.
   *
   * @param bytes null: nothing is stored yet, the state becomes empty
   * @throws CorruptStateException when the bytes are not such a value; the state is then empty
   * @throws ForeignStateException when the value has another layout; the state is then empty
   */
  public void read(byte @Nullable [] bytes) {
    clear();
    if (bytes == null) {
      return;
    }
    try {
      readAll(bytes);
    } catch (CorruptStateException e) {
      clear();
      throw e;
    }
  }

  private void readAll(byte[] bytes) {
    input.wrap(bytes);
    int version = input.readByte();
    if (version != VERSION) {
      throw new CorruptStateException("the value has version " + version + ", not " + VERSION);
    }
    if (input.readInt() != layout.id()) {
      throw new ForeignStateException(
          "the value was written for another feature set; a changed set needs a state of its own");
    }
    if (layout.lastEvent()) {
      newestMs = input.readSigned();
    }
    for (WindowGroup group : groups) {
      group.read(input);
    }
    if (input.remaining() > 0) {
      throw new CorruptStateException(
          input.remaining() + " bytes are left after the state, from byte " + input.position());
    }
    previousMs = newestMs;
  }

  private void clear() {
    newestMs = NEVER;
    previousMs = NEVER;
    for (WindowGroup group : groups) {
      group.clear();
    }
  }

  /** The content as one value, for {@link #read} of a state with the same layout. */
  public byte[] toBytes() {
    output.clear();
    output.writeByte(VERSION);
    output.writeInt(layout.id());
    if (layout.lastEvent()) {
      output.writeSigned(newestMs);
    }
    for (WindowGroup group : groups) {
      group.write(output);
    }
    return output.written();
  }

  /**
   * Adds an event.
   *
   * @param eventTimeMs milliseconds since 1970-01-01T00:00Z
   * @param numbers its measures, finite or NaN where missing
   * @param categories hashes of its categories, 0 where missing
   * @return false when it is older than what some group of windows retains, and is left out there
   */
  public boolean add(long eventTimeMs, double[] numbers, long[] categories) {
    boolean added = true;
    for (WindowGroup group : groups) {
      added &= group.add(eventTimeMs, numbers, categories);
    }
    previousMs = newestMs;
    newestMs = Math.max(newestMs, eventTimeMs);
    return added;
  }

  /**
   * Notes that an event which was added is a fraud; its label came now.
   *
   * @param eventTimeMs the event's time, not the label's
   * @return false when no event of its hop is retained, or all of them are frauds already; nothing
   *     changes then
   */
  public boolean addFraud(long eventTimeMs) {
    boolean changed = false;
    for (int i = 0; i < groups.length; i++) {
      if (layout.groups().get(i).labels()) {
        changed |= groups[i].addFraud(eventTimeMs);
      }
    }
    return changed;
  }

  /** The windows of one hop. */
  public WindowGroup group(int index) {
    return groups[index];
  }

  /**
   * Seconds from the newest event, without the one added last, to this time; 0 where that is later,
   * NaN where there is none.
   */
  public double secondsSinceLast(long timeMs) {
    return previousMs == NEVER ? Double.NaN : Math.max(0, timeMs - previousMs) / 1_000.0;
  }

  /**
   * Whether nothing of this state can show in a window of this time or later, and its last event is
   * 90 days ago where that is kept.
   */
  public boolean isExpired(long nowMs) {
    if (layout.lastEvent() && newestMs != NEVER && newestMs > nowMs - LAST_EVENT_KEPT_MS) {
      return false;
    }
    for (WindowGroup group : groups) {
      if (!group.isExpired(nowMs)) {
        return false;
      }
    }
    return true;
  }
}
