package io.shoal.benchmarks.serving;

import io.shoal.benchmarks.PythonPeer;
import io.shoal.cli.ShoalCommand;
import io.shoal.client.Models;
import io.shoal.inference.proto.ModelInferRequest;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.exchange.NamedModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own, which tells its port when it answers. */
record ModelServer(Process process, int port) implements AutoCloseable {
  private static final Pattern PORT = Pattern.compile("(?:.*:)?(\\d+)(?:/v2.*)?");
  private static final long STOP_SECONDS = 10;

  /** {@code shoal serve}, from this JVM's class path. */
  static ModelServer shoal(NamedModel model, String name, Path folder) throws IOException {
    Path file = folder.resolve(name + ".onnx");
    Models.save(model, file);
    return started(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                // As the launcher does.
                "-Xmx2g",
                "-XX:+UseParallelGC",
                "-cp",
                System.getProperty("java.class.path"),
                ShoalCommand.class.getName(),
                "serve",
                "--model",
                file.toString(),
                "--port",
                "0")
            .redirectError(folder.resolve("shoal.log").toFile())
            .start());
  }

  /** scikit-learn with the same centres. */
  static ModelServer scikitLearn(PythonPeer python, KMeansModelData model, int workers, Path folder)
      throws IOException {
    Path descriptors =
        Files.write(
            folder.resolve("descriptors"),
            ModelInferRequest.getDescriptor().getFile().toProto().toByteArray());
    float[] centroids = model.centroids();
    ByteBuffer bytes =
        ByteBuffer.allocate(centroids.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(centroids);
    Path file = Files.write(folder.resolve("centroids"), bytes.array());
    return started(
        python.start(
            "grpc_scikit_learn.py",
            descriptors.toString(),
            file.toString(),
            "" + model.clusters(),
            "" + model.dimension(),
            "" + workers));
  }

  private static ModelServer started(Process process) throws IOException {
    // Not closed: what the process writes later must find a reader.
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher port = PORT.matcher(line);
      if (port.matches()) {
        return new ModelServer(process, Integer.parseInt(port.group(1)));
      }
    }
    throw new IOException("a server ended before it listened");
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
