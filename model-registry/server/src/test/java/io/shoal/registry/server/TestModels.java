package io.shoal.registry.server;

import io.shoal.kmeans.MiniBatch;
import io.shoal.kmeans.MiniBatchKMeans;
import io.shoal.kmeans.MiniBatchKMeansParameters;
import io.shoal.kmeans.ScalarAssignmentKernel;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.client.ModelMetadata;
import io.shoal.schemas.avro.LearnedOffset;
import io.shoal.schemas.avro.ModelVersion;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Candidates as a trainer makes them. */
public final class TestModels {
  /** Name of the model. */
  public static final String MODEL = "cards";

  private TestModels() {}

  /** A sound candidate of two features and two clusters. */
  public static ModelVersion candidate(String job, long sequence) {
    Random random = new Random(sequence);
    float[] points = new float[2 * 500];
    for (int i = 0; i < points.length; i++) {
      points[i] = (float) (i / 2 % 2 * 10 + random.nextGaussian());
    }
    MiniBatchKMeans learner =
        new MiniBatchKMeans(
            MiniBatchKMeansParameters.builder().k(2).dimension(2).seed(1).startPoints(100).build(),
            new ScalarAssignmentKernel());
    learner.learn(new MiniBatch(points, points.length / 2, 2, 0));
    return ModelCodec.encode(
        learner.snapshot(),
        new ModelMetadata(
            MODEL,
            Instant.ofEpochSecond(1_000 + sequence),
            Instant.ofEpochSecond(sequence),
            job,
            sequence,
            "f00d",
            List.of("amount", "night"),
            Map.of("k", "2"),
            Map.of("events_learned", 500.0),
            List.of(new LearnedOffset("features", 0, 500L))));
  }

  /** A candidate whose numbers are not those of its checksum. */
  public static ModelVersion damaged(String job, long sequence) {
    ModelVersion candidate = candidate(job, sequence);
    candidate.setChecksum("0".repeat(64));
    return candidate;
  }
}
