package io.shoal.jobs;

import io.shoal.kmeans.KMeansModelData;
import io.shoal.registry.client.InvalidModelException;
import io.shoal.registry.client.ModelCodec;
import io.shoal.schemas.avro.ModelVersion;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;

/**
 * The model that a training run goes on from where there is no checkpoint: a version's artifact in
 * the model registry, or a file of {@code shoal train}.
 */
final class StartModel {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private StartModel() {}

  /**
   * Reads a model.
   *
   * @throws IOException when it cannot be had now; trying again may help
   * @throws IllegalArgumentException when it is no model, or one that this trainer cannot go on
   *     from; trying again does not help
   */
  static KMeansModelData load(URI uri, TrainerSettings settings) throws IOException {
    ModelVersion version = version(uri);
    require(uri, TrainerConfig.MODEL_FEATURES, settings.features(), version.getFeatures());
    require(
        uri, "fingerprint of the feature set", settings.fingerprint(), version.getFingerprint());
    try {
      KMeansModelData model = ModelCodec.decode(version);
      require(uri, TrainerConfig.MODEL_K, settings.k(), model.clusters());
      return model;
    } catch (InvalidModelException e) {
      throw new IllegalArgumentException(uri + ": " + e.getMessage(), e);
    }
  }

  private static ModelVersion version(URI uri) throws IOException {
    try (InputStream in = open(uri)) {
      return new SpecificDatumReader<>(ModelVersion.class)
          .read(null, DecoderFactory.get().binaryDecoder(in.readAllBytes(), null));
    } catch (EOFException
        | AvroRuntimeException
        | ClassCastException
        | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          uri + " is no artifact of the model registry, or a part of one; fetch it again", e);
    }
  }

  private static InputStream open(URI uri) throws IOException {
    return "file".equals(uri.getScheme()) ? Files.newInputStream(Path.of(uri)) : get(uri);
  }

  private static InputStream get(URI uri) throws IOException {
    HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).build();
    try {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      if (response.statusCode() == 404) {
        throw new IllegalArgumentException(
            uri + ": not found; name a version whose artifact is kept");
      }
      if (response.statusCode() != 200) {
        throw new IOException(uri + " answered " + response.statusCode());
      }
      return response.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + uri + " was fetched", e);
    }
  }

  private static void require(URI uri, String what, Object wanted, Object found) {
    if (!wanted.equals(found)) {
      throw new IllegalArgumentException(
          uri + ": its " + what + " is " + found + ", not " + wanted);
    }
  }
}
