package io.shoal.serving;

import io.shoal.features.Event;
import io.shoal.schemas.avro.LedgerEntry;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger keeps of a transaction, as bytes: first what each entry is asked for when it
 * comes in, then the Avro record, which is read when a label comes.
 *
 * <pre>
 *   event time in ms (long), hash of the fingerprint (long),
 *   version (long; lowest: none), score (double; NaN: none), risk (double; NaN: none),
 *   LedgerEvent in the wire format
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

  private ScoredEntry() {}

  /** How entries tell the feature set that they belong to. */
  static long set(String fingerprint) {
    return Event.hash(fingerprint);
  }

  /**
   * @param event the entry in the wire format
   * @param set of its fingerprint
   */
  static byte[] toBytes(LedgerEntry entry, byte[] event, long set, long timeMs) {
    byte[] bytes = new byte[HEADER_BYTES + event.length];
    LONG.set(bytes, 0, timeMs);
    LONG.set(bytes, SET, set);
    LONG.set(bytes, VERSION, entry.getModelVersion() == null ? UNSCORED : entry.getModelVersion());
    DOUBLE.set(bytes, SCORE, orNaN(entry.getScore()));
    DOUBLE.set(bytes, RISK, orNaN(entry.getRisk()));
    System.arraycopy(event, 0, bytes, HEADER_BYTES, event.length);
    return bytes;
  }

  private static double orNaN(@Nullable Double value) {
    return value == null ? Double.NaN : value;
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

  static double score(byte[] bytes, int at) {
    return (double) DOUBLE.get(bytes, at + SCORE);
  }

  static double risk(byte[] bytes, int at) {
    return (double) DOUBLE.get(bytes, at + RISK);
  }

  /** The event of an entry that stands alone. */
  static byte[] event(byte[] entry) {
    return Arrays.copyOfRange(entry, HEADER_BYTES, entry.length);
  }
}
