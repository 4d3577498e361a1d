package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.ShadowScore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.streams.TestOutputTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Champion, canaries and challengers, switched while records flow. */
class ModelRolesTest {
  /** With a share of half, one customer of each side. */
  private static final CanaryShares HALF = CanaryShares.parse(List.of("canary:0.5"));

  private static final String CANARYS = customer(0);
  private static final String CHAMPIONS = customer(-1);

  @TempDir Path stateDir;
  private TestTopology topology;
  private TestOutputTopic<String, Prediction> predictions;
  private TestOutputTopic<String, ShadowScore> shadow;

  @BeforeEach
  void start() {
    topology =
        new TestTopology(
            stateDir,
            Map.of(SidecarConfig.MODEL_CANARIES, "canary:0.5", SidecarConfig.SHADOW_LOG, "all"));
    predictions = topology.output("predictions", Prediction.class);
    shadow = topology.output("shadow-scores", ShadowScore.class);
    topology.promote("champion", 1);
  }

  @AfterEach
  void stop() {
    topology.close();
  }

  @Test
  void shouldLetACanaryDecideForItsEntitiesAsLongAsItIsThere() {
    topology.send("t-1", CANARYS, 10);
    topology.promote("canary", 2);
    topology.send("t-2", CANARYS, 10);
    topology.send("t-3", CHAMPIONS, 10);
    topology.remove("canary");
    topology.send("t-4", CANARYS, 10);

    assertThat(versions()).containsExactly(1L, 2L, 1L, 1L);
    assertThat(shadow.readValuesToList())
        .singleElement()
        .satisfies(
            s -> {
              assertThat(s.getTransactionId()).isEqualTo("t-2");
              assertThat(s.getAlias()).isEqualTo("champion");
              assertThat(s.getModelVersion()).isEqualTo(1);
              assertThat(s.getDecidedVersion()).isEqualTo(2);
            });
  }

  @Test
  void shouldScoreEveryChallengerInTheShadow() {
    topology.promote("challenger", 2);
    topology.promote("challenger-slow", 3);
    topology.promote("another", 4);
    topology.send("t-1", CHAMPIONS, 10);

    assertThat(versions()).containsExactly(1L);
    assertThat(shadow.readValuesToList())
        .extracting(ShadowScore::getAlias, ShadowScore::getModelVersion)
        .containsExactly(tuple("challenger", 2L), tuple("challenger-slow", 3L));
    assertThat(topology.cache().ready())
        .extracting(model -> model.version())
        .containsExactly("1", "2", "3");
  }

  @Test
  void shouldSaySoWhenAChallengerWouldDecideOtherwise() {
    topology.promote("challenger", 2);
    IntStream.range(0, 60).forEach(i -> topology.send("t-" + i, "c-" + i, 60 + 3 * i));

    List<Prediction> decided = predictions.readValuesToList();
    List<ShadowScore> scored = shadow.readValuesToList();
    assertThat(scored).hasSameSizeAs(decided);
    for (int i = 0; i < scored.size(); i++) {
      boolean review = decided.get(i).getDecision() == Decision.REVIEW;
      assertThat(scored.get(i).getDecidedReview()).isEqualTo(review);
      assertThat(scored.get(i).getFlips()).isEqualTo(scored.get(i).getReview() != review);
      assertThat(scored.get(i).getAmount()).isEqualTo(60.0 + 3 * i);
    }
    List<ShadowScore> flips = scored.stream().filter(ShadowScore::getFlips).toList();
    assertThat(flips).as("models that learned from other data must differ somewhere").isNotEmpty();
    ShadowBoard.Counts counts = topology.board().counts().get(0);
    assertThat(counts.pair()).isEqualTo(new ShadowBoard.Pair("challenger", 2, 1));
    assertThat(counts.scored()).isEqualTo(60);
    assertThat(counts.wouldReview() + counts.wouldPass()).isEqualTo(flips.size());
    assertThat(counts.amountWouldReview() + counts.amountWouldPass())
        .isEqualTo(flips.stream().mapToDouble(ShadowScore::getAmount).sum());
    assertThat(topology.board().flips().get(0)).isEqualTo(flips.get(flips.size() - 1));
  }

  @Test
  void shouldNotScoreAVersionBesideItself() {
    topology.promote("challenger", 1);
    topology.send("t-1", CHAMPIONS, 10);

    assertThat(shadow.isEmpty()).isTrue();
  }

  @Test
  void shouldBoundTheNumberOfChallengers() {
    for (int i = 0; i <= ModelCache.CHALLENGERS_MAX; i++) {
      topology.promote("challenger-" + i, i + 2);
    }

    assertThat(topology.cache().challengers()).hasSize(ModelCache.CHALLENGERS_MAX);
    assertThat(topology.cache().refusals())
        .singleElement()
        .satisfies(refusal -> assertThat(refusal.reason()).contains("scored already"));
  }

  @Test
  void shouldKeepTheLastPredictionsForThoseWhoWatch() {
    topology.send("t-1", CHAMPIONS, 10);
    topology.send("t-2", CANARYS, 1e6);

    assertThat(topology.recent().last(10, p -> true))
        .extracting(Prediction::getTransactionId)
        .containsExactly("t-2", "t-1");
    assertThat(topology.recent().last(10, p -> p.getEntityId().equals(CHAMPIONS))).hasSize(1);
  }

  private List<Long> versions() {
    return predictions.readValuesToList().stream().map(Prediction::getModelVersion).toList();
  }

  private static String customer(int canary) {
    return IntStream.range(0, 100)
        .mapToObj(i -> "c-" + i)
        .filter(key -> HALF.of(key) == canary)
        .findFirst()
        .orElseThrow();
  }
}
