package io.shoal.serving;

import java.nio.ByteBuffer;

/**
 * What happened at a secondary entity (a terminal): a transaction, or the news that one was fraud.
 * Internal to the sidecar; 18 bytes: version, kind, event time (ms), amount.
 *
 * @param kind transaction or fraud
 * @param eventTimeMs of the transaction, for both kinds
 * @param amount of the transaction; 0 for fraud
 */
record SecondaryEvent(Kind kind, long eventTimeMs, double amount) {
  private static final byte VERSION = 1;
  private static final int BYTES = 2 * Byte.BYTES + Long.BYTES + Double.BYTES;

  enum Kind {
    TRANSACTION((byte) 0),
    FRAUD((byte) 1);

    private final byte code;

    Kind(byte code) {
      this.code = code;
    }
  }

  static SecondaryEvent transaction(long eventTimeMs, double amount) {
    return new SecondaryEvent(Kind.TRANSACTION, eventTimeMs, amount);
  }

  static SecondaryEvent fraud(long eventTimeMs) {
    return new SecondaryEvent(Kind.FRAUD, eventTimeMs, 0);
  }

  byte[] toBytes() {
    return ByteBuffer.allocate(BYTES)
        .put(VERSION)
        .put(kind.code)
        .putLong(eventTimeMs)
        .putDouble(amount)
        .array();
  }

  static SecondaryEvent fromBytes(byte[] bytes) {
    if (bytes.length != BYTES || bytes[0] != VERSION || bytes[1] < 0 || bytes[1] > 1) {
      throw new InvalidRecordException(
          "undecodable", "the value is no secondary event of version " + VERSION);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 1, BYTES - 1);
    return new SecondaryEvent(
        buffer.get() == Kind.FRAUD.code ? Kind.FRAUD : Kind.TRANSACTION,
        buffer.getLong(),
        buffer.getDouble());
  }
}
