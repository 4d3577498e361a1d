package io.shoal.flinkml;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.flink.api.common.serialization.Encoder;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.reader.SimpleStreamFormat;
import org.apache.flink.core.fs.FSDataInputStream;
import org.jspecify.annotations.Nullable;

/** A file of models, each behind its length (4 bytes). */
final class ModelFile extends SimpleStreamFormat<byte[]> {
  private static final long serialVersionUID = 1L;
  private static final int BYTES_MAX = 1 << 30;

  /** Appends models to a file. */
  static final class Writer implements Encoder<byte[]> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(byte[] model, OutputStream stream) throws IOException {
      DataOutputStream out = new DataOutputStream(stream);
      out.writeInt(model.length);
      out.write(model);
      out.flush();
    }
  }

  /** The next model, or null at the end. */
  static byte @Nullable [] read(DataInputStream in) throws IOException {
    int length;
    try {
      length = in.readInt();
    } catch (EOFException e) {
      return null;
    }
    if (length < 0 || length > BYTES_MAX) {
      throw new IOException("a model of " + length + " bytes; this is no file of models");
    }
    byte[] model = in.readNBytes(length);
    if (model.length < length) {
      throw new EOFException("a model of " + length + " bytes is cut short");
    }
    return model;
  }

  /** The newest model of a stream. */
  static VersionedModel newest(InputStream stream) throws IOException {
    DataInputStream in = new DataInputStream(stream);
    VersionedModel newest = null;
    for (byte[] bytes = read(in); bytes != null; bytes = read(in)) {
      VersionedModel model = VersionedModel.of(bytes);
      if (newest == null || model.version() > newest.version()) {
        newest = model;
      }
    }
    if (newest == null) {
      throw new EOFException("there is no model in the data; run the job that saves it to its end");
    }
    return newest;
  }

  @Override
  public Reader<byte[]> createReader(Configuration config, FSDataInputStream stream) {
    DataInputStream in = new DataInputStream(stream);
    return new Reader<>() {
      @Override
      public byte @Nullable [] read() throws IOException {
        return ModelFile.read(in);
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    };
  }

  @Override
  public TypeInformation<byte[]> getProducedType() {
    return PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
  }
}
