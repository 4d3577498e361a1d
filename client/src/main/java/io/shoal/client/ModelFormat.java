package io.shoal.client;

import io.shoal.kmeans.exchange.InvalidModelFileException;
import io.shoal.kmeans.exchange.NamedModel;
import io.shoal.kmeans.exchange.OnnxModels;
import io.shoal.kmeans.exchange.PmmlModels;
import io.shoal.registry.client.InvalidModelException;
import io.shoal.registry.client.ModelCodec;
import io.shoal.schemas.avro.ModelVersion;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;

/** Formats of model files, told by the ending of the name. */
enum ModelFormat {
  /** A {@link ModelVersion}: its body, or the container file that the model registry exports. */
  AVRO("avro"),
  PMML("pmml|xml"),
  ONNX("onnx");

  private final String endings;

  ModelFormat(String endings) {
    this.endings = endings;
  }

  /**
   * The format of a file.
   *
   * @throws IllegalArgumentException when its name has none of the endings
   */
  static ModelFormat of(String file) {
    String name = file.toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(format -> name.matches(".*\\.(" + format.endings + ")"))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    file
                        + ": unknown format; use a name that ends in .avro, .pmml, .xml or .onnx"));
  }

  /**
   * Refuses the format of the registry, whose versions say more than a model file knows.
   *
   * @throws IllegalArgumentException when this format is only read
   */
  void requireWritable(String file) {
    if (this == AVRO) {
      throw new IllegalArgumentException(
          file + ": versions are made by a trainer; write .pmml, .xml or .onnx");
    }
  }

  Models.Loaded read(InputStream in) throws IOException {
    return switch (this) {
      case AVRO -> artifact(in);
      case PMML -> new Models.Loaded(PmmlModels.read(in), Optional.empty());
      case ONNX -> new Models.Loaded(OnnxModels.read(in), Optional.empty());
    };
  }

  void write(NamedModel model, OutputStream out) throws IOException {
    switch (this) {
      case PMML -> PmmlModels.write(model, out);
      case ONNX -> OnnxModels.write(model, out);
      case AVRO -> throw new IllegalStateException("not a format to write");
    }
  }

  /** The registry exports container files; what it is offered, and trainers write, is a body. */
  private static ModelVersion version(BufferedInputStream in) throws IOException {
    SpecificDatumReader<ModelVersion> reader = new SpecificDatumReader<>(ModelVersion.class);
    in.mark(DataFileConstants.MAGIC.length);
    byte[] start = in.readNBytes(DataFileConstants.MAGIC.length);
    in.reset();
    if (!Arrays.equals(start, DataFileConstants.MAGIC)) {
      return reader.read(null, DecoderFactory.get().binaryDecoder(in, null));
    }
    try (DataFileStream<ModelVersion> file = new DataFileStream<>(in, reader)) {
      if (!file.hasNext()) {
        throw new EOFException("the file holds no version");
      }
      return file.next();
    }
  }

  private static Models.Loaded artifact(InputStream in) throws IOException {
    try {
      ModelVersion version = version(new BufferedInputStream(in));
      return new Models.Loaded(
          new NamedModel(ModelCodec.decode(version), version.getFeatures()),
          Optional.of(version.getFingerprint()));
    } catch (EOFException
        | AvroRuntimeException
        | ClassCastException
        | IndexOutOfBoundsException e) {
      throw new InvalidModelFileException(
          "it is no artifact of the model registry, or a part of one; fetch it again", e);
    } catch (InvalidModelException e) {
      throw new InvalidModelFileException(String.valueOf(e.getMessage()), e);
    }
  }
}
