package io.shoal.benchmarks.kernels;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.shoal.benchmarks.PythonPeer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** scikit-learn at the same work on the same points, one thread. */
final class ScikitLearn {
  private ScikitLearn() {}

  /**
   * What it took.
   *
   * @param version of scikit-learn
   * @param learn64Ms per shape, in their order: {@code MiniBatchKMeans.partial_fit} over all
   *     batches, in float64 as NumPy makes arrays
   * @param learn32Ms likewise in float32
   * @param fitMs {@code KMeans.fit} of linfa's case
   * @param fitIterations of that
   */
  record Times(
      String version,
      List<Double> learn64Ms,
      List<Double> learn32Ms,
      double fitMs,
      int fitIterations) {}

  /**
   * Runs it.
   *
   * @throws IOException with what to do, when it cannot be had here
   */
  static Times run(List<String> shapes, Consumer<String> progress)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("shoal-peer");
    try {
      for (String shape : shapes) {
        write(folder.resolve(shape), Data.gaussians(1, Data.POINTS * Data.shape(shape)[1]));
      }
      float[] blobs = Data.blobs(1, FitJmh.POINTS, FitJmh.D, FitJmh.K);
      write(folder.resolve("blobs"), blobs);
      write(folder.resolve("start"), FitJmh.start(blobs));
      PythonPeer python = PythonPeer.install(List.of("numpy", "scikit-learn"), progress);
      progress.accept("scikit-learn");
      return parse(
          python.run(
              "scikit_learn.py", folder.toString(), "" + Data.BATCH, String.join(",", shapes)));
    } finally {
      try (var files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private static Times parse(String json) throws IOException {
    JsonNode answer = JsonMapper.builder().build().readTree(json);
    return new Times(
        answer.get("version").asText(),
        doubles(answer.get("learn_float64_ms")),
        doubles(answer.get("learn_float32_ms")),
        answer.get("fit_ms").asDouble(),
        answer.get("fit_iterations").asInt());
  }

  private static List<Double> doubles(JsonNode array) {
    List<Double> values = new ArrayList<>();
    array.forEach(value -> values.add(value.asDouble()));
    return values;
  }

  private static void write(Path file, float[] values) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    Files.write(file, bytes.array());
  }
}
