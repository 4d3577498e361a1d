package io.shoal.kmeans.exchange;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Scores with ONNX Runtime what was written as a file. */
final class OnnxScorer implements AutoCloseable {
  record Result(long[] clusterIds, float[] distances2, double[] scores, double[] risks) {}

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final int d;

  OnnxScorer(NamedModel model) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      OnnxModels.write(model, file);
      options.setIntraOpNumThreads(1);
      session = environment.createSession(file.toByteArray(), options);
    } catch (IOException | OrtException e) {
      throw new AssertionError("no session", e);
    }
    d = model.model().dimension();
  }

  Set<String> outputs() {
    return session.getOutputNames();
  }

  /** Scores {@code [n * d]}. */
  Result score(float... points) {
    long[] shape = {points.length / d, d};
    try (OnnxTensor features =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(points), shape);
        OrtSession.Result result = session.run(Map.of(OnnxModels.FEATURES, features))) {
      Optional<OnnxValue> risk = result.get(OnnxModels.RISK);
      return new Result(
          (long[]) result.get(OnnxModels.CLUSTER_ID).orElseThrow().getValue(),
          (float[]) result.get(OnnxModels.DISTANCE2).orElseThrow().getValue(),
          (double[]) result.get(OnnxModels.SCORE).orElseThrow().getValue(),
          risk.isPresent() ? (double[]) risk.get().getValue() : new double[0]);
    } catch (OrtException e) {
      throw new AssertionError("ONNX Runtime refused", e);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new AssertionError("could not close", e);
    }
  }
}
