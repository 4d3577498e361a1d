package io.shoal.registry.server.gates;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.MiniBatch;
import io.shoal.kmeans.MiniBatchKMeans;
import io.shoal.kmeans.MiniBatchKMeansParameters;
import io.shoal.kmeans.ScalarAssignmentKernel;
import io.shoal.registry.client.GateResult;
import io.shoal.registry.client.GateResult.Outcome;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.client.ModelMetadata;
import io.shoal.schemas.FloatArrays;
import io.shoal.schemas.avro.FeatureVector;
import io.shoal.schemas.avro.LearnedOffset;
import io.shoal.schemas.avro.ModelVersion;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GatesTest {
  private static final String SET = "f00d";
  private static final int VECTORS = 1_000;

  /** Model features are the vector's second and first value. */
  private static final FeatureLookup LOOKUP =
      (fingerprint, names) ->
          fingerprint.equals(SET) ? Optional.of(new int[] {1, 0}) : Optional.empty();

  private final RecentVectors recent = new RecentVectors(VECTORS);

  @Test
  void shouldPassACandidateThatLearnedFromTheSameTraffic() {
    traffic(0, 0);

    assertThat(judge(model(1, 0), model(2, 0)))
        .extracting(GateResult::outcome)
        .containsOnly(Outcome.PASSED);
  }

  @Test
  void shouldFailACandidateThatIsFarFromTheTraffic() {
    traffic(0, 0);

    List<GateResult> results = judge(model(1, 0), model(2, 40));

    assertThat(outcome(results, Gates.MEAN_DISTANCE)).isEqualTo(Outcome.FAILED);
    assertThat(outcome(results, Gates.SCORE_DRIFT)).isEqualTo(Outcome.FAILED);
    assertThat(outcome(results, Gates.FLIPS)).isEqualTo(Outcome.FAILED);
    assertThat(results)
        .filteredOn(r -> r.gate().equals(Gates.FLIPS))
        .first()
        .satisfies(r -> assertThat(r.measured()).isGreaterThan(0.5));
  }

  @Test
  void shouldMeasureInTheChampionsScales() {
    traffic(0, 0);
    ModelVersion wide = model(2, 0);
    ModelVersion champion = model(1, 0);
    ModelVersion stretched = stretched(wide);

    double plain = measured(judge(champion, wide), Gates.MEAN_DISTANCE);

    assertThat(measured(judge(champion, stretched), Gates.MEAN_DISTANCE))
        .as("larger scales make no better model")
        .isEqualTo(plain);
  }

  @Test
  void shouldNotHoldBackACandidateThatFollowsATrafficWhichHasMoved() {
    traffic(40, 0);

    List<GateResult> results = judge(model(1, 0), model(2, 40));

    assertThat(outcome(results, Gates.MEAN_DISTANCE)).isEqualTo(Outcome.PASSED);
    assertThat(outcome(results, Gates.SCORE_DRIFT)).isEqualTo(Outcome.SKIPPED);
    assertThat(outcome(results, Gates.FLIPS)).isEqualTo(Outcome.SKIPPED);
  }

  @Test
  void shouldLeaveOtherFeaturesToAPerson() {
    traffic(0, 0);
    ModelVersion candidate = model(2, 0);
    candidate.setFingerprint("beef");

    List<GateResult> results = judge(model(1, 0), candidate);

    assertThat(outcome(results, Gates.FEATURE_SET)).isEqualTo(Outcome.FAILED);
    assertThat(outcome(results, Gates.FLIPS)).isEqualTo(Outcome.SKIPPED);
  }

  @Test
  void shouldMeasureNothingWithTooFewVectorsOrWithoutAChampion() {
    assertThat(judge(model(1, 0), model(2, 0)))
        .extracting(GateResult::detail)
        .contains("only 0 recent vectors");
    assertThat(gates(Optional.empty()).judge(model(1, 0)))
        .extracting(GateResult::outcome)
        .containsOnly(Outcome.SKIPPED);
  }

  @Test
  void shouldJudgeByWhatTheCandidateHasNotSeenWhereThatSuffices() {
    traffic(0, 0);
    ModelVersion candidate = model(2, 0);
    candidate.setOffsets(List.of(new LearnedOffset("features", 0, 700L)));
    assertThat(judge(model(1, 0), candidate))
        .extracting(GateResult::detail)
        .anySatisfy(d -> assertThat(d).endsWith("on 300 vectors it has not seen"));

    candidate.setOffsets(List.of(new LearnedOffset("features", 0, 950L)));
    assertThat(judge(model(1, 0), candidate))
        .extracting(GateResult::detail)
        .anySatisfy(d -> assertThat(d).endsWith("on 1000 recent vectors"));
  }

  @Test
  void shouldLeaveOutVectorsThatNoModelCanScore() {
    traffic(0, 0);
    for (int i = 0; i < 100; i++) {
      recent.add(0, VECTORS + i, vector(Float.NaN, 1));
    }

    assertThat(judge(model(1, 0), model(2, 0)))
        .extracting(GateResult::detail)
        .anySatisfy(d -> assertThat(d).endsWith("on 900 recent vectors"));
  }

  private List<GateResult> judge(ModelVersion champion, ModelVersion candidate) {
    return gates(Optional.of(champion)).judge(candidate);
  }

  private Gates gates(Optional<ModelVersion> champion) {
    return new Gates(new GateBounds(200, 1.1, 0.25, 0.01, 0.02), recent, LOOKUP, model -> champion);
  }

  private void traffic(float centre, long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < VECTORS; i++) {
      recent.add(0, i, vector(value(random, centre), value(random, centre)));
    }
  }

  private static float value(Random random, float centre) {
    return (float) (centre + random.nextGaussian());
  }

  private static FeatureVector vector(float first, float second) {
    return new FeatureVector("t", Instant.EPOCH, SET, List.of(first, second));
  }

  private static ModelVersion model(long seed, float centre) {
    Random random = new Random(seed);
    float[] points = new float[2 * 20_000];
    for (int i = 0; i < points.length; i++) {
      points[i] = value(random, centre);
    }
    MiniBatchKMeans learner =
        new MiniBatchKMeans(
            MiniBatchKMeansParameters.builder().k(4).dimension(2).seed(1).build(),
            new ScalarAssignmentKernel());
    learner.learn(new MiniBatch(points, points.length / 2, 2, 0));
    return ModelCodec.encode(
        learner.snapshot(),
        new ModelMetadata(
            "cards",
            Instant.EPOCH,
            Instant.EPOCH,
            "job",
            seed,
            SET,
            List.of("b", "a"),
            Map.of(),
            Map.of(),
            List.of()));
  }

  private static ModelVersion stretched(ModelVersion model) {
    ModelVersion stretched = ModelVersion.newBuilder(model).build();
    stretched.setScales(model.getScales().stream().map(scale -> scale * 10).toList());
    KMeansModelData plain = ModelCodec.decode(model);
    KMeansModelData data =
        KMeansModelData.builder()
            .centroids(plain.centroids())
            .scales(FloatArrays.toArray(stretched.getScales()))
            .weights(plain.weights())
            .clusterIds(plain.clusterIds())
            .fraudWeights(plain.fraudWeights())
            .legitimateWeights(plain.legitimateWeights())
            .means(plain.means())
            .riskWeights(plain.riskWeights())
            .scoreSketch(plain.scoreSketch())
            .build();
    stretched.setChecksum(data.checksum());
    return stretched;
  }

  private static Outcome outcome(List<GateResult> results, String gate) {
    return of(results, gate).outcome();
  }

  private static double measured(List<GateResult> results, String gate) {
    return of(results, gate).measured();
  }

  private static GateResult of(List<GateResult> results, String gate) {
    return results.stream().filter(r -> r.gate().equals(gate)).findAny().orElseThrow();
  }
}
