package io.shoal.registry.server.http;

import io.shoal.kmeans.exchange.NamedModel;
import io.shoal.kmeans.exchange.OnnxModels;
import io.shoal.kmeans.exchange.PmmlModels;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.schemas.avro.ModelVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;

/** Models as files: what tools elsewhere read, and what callers send. */
final class Exports {
  private Exports() {}

  /** The forms that a version can be had in. */
  enum Format {
    /** An Avro object container file: the schema, and one ModelVersion. */
    AVRO("application/avro", "avro") {
      @Override
      byte[] bytes(ModelVersion version) throws IOException {
        return avro(version);
      }
    },

    /** A PMML 4.4 clustering model. */
    PMML("application/xml", "pmml") {
      @Override
      byte[] bytes(ModelVersion version) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PmmlModels.write(named(version), bytes);
        return bytes.toByteArray();
      }
    },

    /** An ONNX graph that scores. */
    ONNX("application/octet-stream", "onnx") {
      @Override
      byte[] bytes(ModelVersion version) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        OnnxModels.write(named(version), bytes);
        return bytes.toByteArray();
      }
    };

    private final String mediaType;
    private final String suffix;

    Format(String mediaType, String suffix) {
      this.mediaType = mediaType;
      this.suffix = suffix;
    }

    static Format of(String name) {
      return Arrays.stream(values())
          .filter(format -> format.name().equalsIgnoreCase(name))
          .findFirst()
          .orElseThrow(
              () ->
                  Inputs.invalid(
                      "format '"
                          + name
                          + "' is not known; there are: "
                          + Arrays.stream(values())
                              .map(format -> format.name().toLowerCase(Locale.ROOT))
                              .collect(Collectors.joining(", "))));
    }

    abstract byte[] bytes(ModelVersion version) throws IOException;

    String mediaType() {
      return mediaType;
    }

    String suffix() {
      return suffix;
    }

    byte[] write(ModelVersion version) {
      try {
        return bytes(version);
      } catch (IOException e) {
        throw new UncheckedIOException("writing to memory", e);
      }
    }
  }

  private static NamedModel named(ModelVersion version) {
    return new NamedModel(ModelCodec.decode(version), version.getFeatures());
  }

  private static byte[] avro(ModelVersion version) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataFileWriter<ModelVersion> writer =
        new DataFileWriter<>(new SpecificDatumWriter<>(ModelVersion.class))) {
      writer.create(version.getSchema(), bytes);
      writer.append(version);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads an Avro body of ModelVersion, or an Avro file that holds one.
   *
   * @throws RegistryException when it is neither
   */
  static ModelVersion read(byte[] bytes) {
    try {
      return isFile(bytes) ? readFile(bytes) : readBody(bytes);
    } catch (IOException
        | AvroRuntimeException
        | IndexOutOfBoundsException
        | UnsupportedOperationException e) {
      throw Inputs.invalid("the body is no Avro ModelVersion: " + e.getMessage());
    }
  }

  private static boolean isFile(byte[] bytes) {
    int length = DataFileConstants.MAGIC.length;
    return bytes.length > length
        && Arrays.equals(bytes, 0, length, DataFileConstants.MAGIC, 0, length);
  }

  private static ModelVersion readFile(byte[] bytes) throws IOException {
    try (DataFileReader<ModelVersion> reader =
        new DataFileReader<>(
            new SeekableByteArrayInput(bytes), new SpecificDatumReader<>(ModelVersion.class))) {
      if (!reader.hasNext()) {
        throw new IOException("the file is empty");
      }
      return reader.next();
    }
  }

  private static ModelVersion readBody(byte[] bytes) throws IOException {
    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, null);
    ModelVersion version = new SpecificDatumReader<>(ModelVersion.class).read(null, decoder);
    if (!decoder.isEnd()) {
      throw new IOException("bytes are left after the record");
    }
    return version;
  }
}
