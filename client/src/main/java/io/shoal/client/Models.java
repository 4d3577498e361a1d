package io.shoal.client;

import io.shoal.kmeans.KMeans;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.exchange.InvalidModelFileException;
import io.shoal.kmeans.exchange.NamedModel;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Models from wherever they are. With {@link io.shoal.kmeans.AnomalyScorer} two lines score a
 * point:
 *
 * <pre>{@code
 * AnomalyScorer scorer = new AnomalyScorer(Models.load("http://127.0.0.1:19094/default@champion").model());
 * double score = scorer.score(new float[] {12.5f, 3f}).score;
 * }</pre>
 */
public final class Models {
  private Models() {}

  /**
   * Loads a model.
   *
   * @param source a file ({@code .avro} as the registry serves artifacts, {@code .pmml}, {@code
   *     .xml}, {@code .onnx}), or a version in a registry: {@code http://HOST:PORT/MODEL@ALIAS} or
   *     {@code http://HOST:PORT/MODEL/VERSION}
   * @throws InvalidModelFileException when it is no model, with the source
   * @throws IllegalArgumentException when the source is neither
   * @throws IOException when it cannot be read or reached
   */
  public static NamedModel load(String source) throws IOException {
    return loadVersion(source).named();
  }

  /**
   * A model and what it learned from.
   *
   * @param named the model
   * @param fingerprint of the feature set that it learned from; empty for formats that do not tell
   */
  public record Loaded(NamedModel named, Optional<String> fingerprint) {}

  /**
   * Loads a model with the fingerprint of its features.
   *
   * @param source as {@link #load} takes it; throws what that does
   */
  public static Loaded loadVersion(String source) throws IOException {
    if (source.startsWith("http://") || source.startsWith("https://")) {
      RegistryAddress address = RegistryAddress.parse(source);
      try (InputStream in = address.open()) {
        return loaded(source, ModelFormat.AVRO, in);
      }
    }
    ModelFormat format = ModelFormat.of(source);
    try (InputStream in = Files.newInputStream(Path.of(source))) {
      return loaded(source, format, in);
    }
  }

  /**
   * Saves a model.
   *
   * @param file to write; its ending tells the format: {@code .pmml}, {@code .xml} or {@code .onnx}
   * @throws IllegalArgumentException for another ending; nothing was written then
   */
  public static void save(NamedModel model, Path file) throws IOException {
    ModelFormat format = requireWritable(file);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      format.write(model, out);
    }
  }

  /**
   * Refuses a file that {@link #save} cannot write, before there is something to save.
   *
   * @throws IllegalArgumentException for an ending that is not of a format to write
   */
  public static void checkWritable(Path file) {
    requireWritable(file);
  }

  /**
   * Fits a model with the defaults to a file of numbers.
   *
   * @param csv a row per point, with a header or without; gzipped when its name ends in {@code .gz}
   * @param k number of clusters
   * @throws IllegalArgumentException with line and column when a field is no finite number or a row
   *     has another length than the first, or when there are fewer rows than clusters
   */
  public static NamedModel fit(Path csv, int k) throws IOException {
    NumericCsv table = NumericCsv.read(csv, List.of());
    KMeansModelData model = KMeans.fit(table.rows(), k);
    return new NamedModel(model, table.names());
  }

  private static ModelFormat requireWritable(Path file) {
    ModelFormat format = ModelFormat.of(file.toString());
    format.requireWritable(file.toString());
    return format;
  }

  private static Loaded loaded(String source, ModelFormat format, InputStream in)
      throws IOException {
    try {
      return format.read(in);
    } catch (InvalidModelFileException e) {
      throw new InvalidModelFileException(source + ": " + e.getMessage(), e);
    }
  }
}
