package io.shoal.schemas;

import java.io.EOFException;
import java.io.IOException;
import org.apache.avro.io.DatumReader;

/** Reads Avro bodies that nobody vouches for. */
public final class AvroBody {
  private static final ThreadLocal<BoundedDecoder> DECODERS =
      ThreadLocal.withInitial(BoundedDecoder::new);

  private AvroBody() {}

  /**
   * Reads one record, which must end where the bytes end. Whatever they claim, no more is allocated
   * than some multiple of their length.
   *
   * @param offset of the body in the bytes
   * @throws IOException when the bytes are no such record; the message says why
   * @throws UndecodableRecordException when the reader itself refuses what it has read
   */
  public static <T> T read(DatumReader<T> reader, byte[] bytes, int offset) throws IOException {
    BoundedDecoder decoder = DECODERS.get();
    decoder.reset(bytes, offset);
    try {
      T record = reader.read(null, decoder);
      if (decoder.isEnd()) {
        return record;
      }
    } catch (EOFException e) {
      throw new IOException(e.getMessage() == null ? "it ends too early" : e.getMessage(), e);
    } catch (UndecodableRecordException e) {
      throw e;
    } catch (RuntimeException e) {
      // Avro reports what it cannot read in many ways, from its own exceptions to those of arrays.
      throw new IOException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    } catch (StackOverflowError e) {
      throw new IOException("it is nested too deep", e);
    }
    throw new IOException("bytes are left after the record");
  }
}
