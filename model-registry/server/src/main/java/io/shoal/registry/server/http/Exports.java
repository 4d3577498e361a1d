package io.shoal.registry.server.http;

import io.shoal.kmeans.exchange.NamedModel;
import io.shoal.kmeans.exchange.OnnxModels;
import io.shoal.kmeans.exchange.PmmlModels;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.schemas.AvroBody;
import io.shoal.schemas.avro.ModelVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.avro.file.DataFileWriter;
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
   * Reads an Avro body of ModelVersion.
   *
   * @throws RegistryException when it is none
   */
  static ModelVersion read(byte[] bytes) {
    try {
      return AvroBody.read(new SpecificDatumReader<>(ModelVersion.class), bytes, 0);
    } catch (IOException e) {
      throw Inputs.invalid("the body is no Avro ModelVersion: " + e.getMessage());
    }
  }
}
