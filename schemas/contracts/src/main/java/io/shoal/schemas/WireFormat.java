package io.shoal.schemas;

import java.nio.ByteBuffer;

/**
 * The Confluent wire format: one zero byte, a schema id as a 4-byte big-endian integer, then the
 * Avro binary body.
 *
 * @see <a
 *     href="https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format">Wire
 *     format</a>
 */
public final class WireFormat {
  /** Bytes before the Avro body. */
  public static final int HEADER_BYTES = 5;

  private static final byte MAGIC = 0;

  private WireFormat() {}

  /**
   * Reads the schema id of a message.
   *
   * @throws UndecodableRecordException when the bytes are too short or do not start with the magic
   *     byte
   */
  public static int schemaId(byte[] message) {
    if (message.length < HEADER_BYTES) {
      throw new UndecodableRecordException(
          "undecodable",
          "the value has "
              + message.length
              + " bytes, the Confluent wire format starts with 5; produce with a Confluent Avro serializer",
          null);
    }
    if (message[0] != MAGIC) {
      throw new UndecodableRecordException(
          "undecodable",
          "the value starts with byte "
              + message[0]
              + " instead of the Confluent magic byte 0; produce with a Confluent Avro serializer",
          null);
    }
    return ByteBuffer.wrap(message, 1, Integer.BYTES).getInt();
  }

  /** The five bytes that stand before a body written with this schema id. */
  static byte[] header(int schemaId) {
    return ByteBuffer.allocate(HEADER_BYTES).put(MAGIC).putInt(schemaId).array();
  }
}
