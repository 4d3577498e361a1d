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
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumReader;
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
   * Reads an Avro body of ModelVersion. The lengths in it are walked through before anything is
   * made of them: a few bytes can claim to be a text of two gigabytes.
   *
   * @throws RegistryException when it is none
   */
  static ModelVersion read(byte[] bytes) {
    try {
      BinaryDecoder walk = DecoderFactory.get().binaryDecoder(bytes, null);
      GenericDatumReader.skip(ModelVersion.getClassSchema(), walk);
      if (!walk.isEnd()) {
        throw new IOException("bytes are left after the record");
      }
      return new SpecificDatumReader<>(ModelVersion.class)
          .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
    } catch (IOException
        | AvroRuntimeException
        | IndexOutOfBoundsException
        | UnsupportedOperationException e) {
      throw Inputs.invalid("the body is no Avro ModelVersion: " + e.getMessage());
    }
  }
}
