package io.shoal.serving;

import io.shoal.features.Event;
import io.shoal.features.InvalidEventException;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.ByteUtils;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger keeps of a transaction, as bytes: first what each entry is asked for when it
 * comes in, then what is read when a label comes. Not Avro: it is written for every transaction,
 * kept for months, and read by nobody else.
 *
 * <pre>
 *   event time in ms as far as it is believed (long), hash of the fingerprint (long),
 *   version (long; lowest: none), score (double; NaN: none), risk (double; NaN: none),
 *   form of what follows (byte), marks (byte; bits: 1 review, 2 labelled, 4 fraud),
 *   event time in ms (long), key of each entity (length as a varint, UTF-8), features (float each)
 * </pre>
 */
final class ScoredEntry {
  /** In the place of the version of a model. */
  static final long UNSCORED = Long.MIN_VALUE;

  static final int HEADER_BYTES = 5 * Long.BYTES;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.BIG_ENDIAN);
  private static final int SET = Long.BYTES;
  private static final int VERSION = 2 * Long.BYTES;
  private static final int SCORE = 3 * Long.BYTES;
  private static final int RISK = 4 * Long.BYTES;
  private static final byte FORM = 1;
  private static final int MARKS = HEADER_BYTES + Byte.BYTES;
  private static final int REVIEW = 1;
  private static final int LABELLED = 2;
  private static final int FRAUD = 4;

  private ScoredEntry() {}

  /**
   * What an entry tells beside its header.
   *
   * @param keys of the entities, in their order in the feature set
   * @param fraud its label, once it came
   */
  record Details(
      Instant eventTime,
      List<String> keys,
      float[] values,
      boolean review,
      @Nullable Boolean fraud) {}

  /** How entries tell the feature set that they belong to. */
  static long set(String fingerprint) {
    return Event.hash(fingerprint);
  }

  /**
   * @param set of the fingerprint
   */
  static byte[] toBytes(Event event, float[] values, Prediction prediction, long set) {
    byte[][] keys = new byte[event.keys.length][];
    int size = MARKS + Byte.BYTES + Long.BYTES + Float.BYTES * values.length;
    for (int k = 0; k < keys.length; k++) {
      keys[k] = event.keys[k].getBytes(StandardCharsets.UTF_8);
      size += ByteUtils.sizeOfUnsignedVarint(keys[k].length) + keys[k].length;
    }
    Long version = prediction.getModelVersion();
    ByteBuffer buffer =
        ByteBuffer.allocate(size)
            .putLong(event.timeMs)
            .putLong(set)
            .putLong(version == null ? UNSCORED : version)
            .putDouble(orNaN(prediction.getScore()))
            .putDouble(orNaN(prediction.getRisk()))
            .put(FORM)
            .put((byte) (prediction.getDecision() == Decision.REVIEW ? REVIEW : 0))
            .putLong(event.timeMs);
    for (byte[] key : keys) {
      ByteUtils.writeUnsignedVarint(key.length, buffer);
      buffer.put(key);
    }
    for (float value : values) {
      buffer.putFloat(value);
    }
    return buffer.array();
  }

  private static double orNaN(@Nullable Double value) {
    return value == null ? Double.NaN : value;
  }

  /**
   * Reads an entry that stands alone.
   *
   * @param entities how many its feature set has
   * @throws InvalidEventException when it is not such an entry
   */
  static Details read(byte[] entry, int entities) {
    if (entry.length <= MARKS || entry[HEADER_BYTES] != FORM) {
      throw new InvalidEventException(
          "undecodable", "the ledger has the transaction in the form of another version of Shoal");
    }
    int marks = entry[MARKS];
    ByteBuffer buffer = ByteBuffer.wrap(entry).position(MARKS + Byte.BYTES);
    try {
      Instant eventTime = Instant.ofEpochMilli(buffer.getLong());
      List<String> keys = new ArrayList<>();
      for (int k = 0; k < entities; k++) {
        int length = ByteUtils.readUnsignedVarint(buffer);
        if (length < 0 || length > buffer.remaining()) {
          throw new BufferUnderflowException();
        }
        keys.add(new String(entry, buffer.position(), length, StandardCharsets.UTF_8));
        buffer.position(buffer.position() + length);
      }
      float[] values = new float[buffer.remaining() / Float.BYTES];
      buffer.asFloatBuffer().get(values);
      return new Details(
          eventTime,
          keys,
          values,
          (marks & REVIEW) != 0,
          (marks & LABELLED) == 0 ? null : (marks & FRAUD) != 0);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new InvalidEventException(
          "undecodable", "the ledger's entry of " + entry.length + " bytes is damaged");
    }
  }

  /** The entry with its label. */
  static byte[] labelled(byte[] entry, boolean fraud) {
    byte[] labelled = entry.clone();
    labelled[MARKS] = (byte) ((entry[MARKS] & REVIEW) | LABELLED | (fraud ? FRAUD : 0));
    return labelled;
  }

  /**
   * @param at where the entry stands in the bytes
   */
  static long timeMs(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  static void setTimeMs(byte[] bytes, int at, long timeMs) {
    LONG.set(bytes, at, timeMs);
  }

  static long set(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at + SET);
  }

  /** {@link #UNSCORED} when no model scored it. */
  static long version(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at + VERSION);
  }

  /** NaN when there is none. */
  static double score(byte[] bytes, int at) {
    return (double) DOUBLE.get(bytes, at + SCORE);
  }

  /** NaN when there is none. */
  static double risk(byte[] bytes, int at) {
    return (double) DOUBLE.get(bytes, at + RISK);
  }
}
