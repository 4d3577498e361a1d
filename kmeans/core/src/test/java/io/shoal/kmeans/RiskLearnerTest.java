package io.shoal.kmeans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RiskLearnerTest {
  private static final float[] MEANS = {0, 0};
  private static final float[] INVERSE_SCALES = {1, 1};

  /** Labels come so many points late. */
  private static final int DELAY = 2_000;

  private final Random random = new Random(3);

  private AdditiveRisk risk(RiskLearner learner) {
    return new AdditiveRisk(MEANS, INVERSE_SCALES, learner.weights());
  }

  /** One point in ten is fraud where the first feature is past 2.5, none elsewhere. */
  private void stream(RiskLearner learner, int points) {
    Deque<float[]> labels = new ArrayDeque<>();
    for (int i = 0; i < points; i++) {
      float[] x = {(float) (random.nextInt(10) == 0 ? 3 : random.nextGaussian()), 0};
      x[1] = (float) random.nextGaussian();
      learner.traffic(x, 1, MEANS, INVERSE_SCALES);
      labels.add(x[0] > 2.5 && random.nextInt(10) == 0 ? x : new float[0]);
      if (labels.size() > DELAY) {
        float[] late = labels.remove();
        if (late.length > 0) {
          learner.fraud(late, MEANS, INVERSE_SCALES);
        }
      }
    }
  }

  @Test
  void shouldLearnTheShareOfFraudsFromLateLabels() {
    RiskLearner learner = new RiskLearner(2);

    stream(learner, 100_000);

    double odd = 1 / (1 + Math.exp(-logOdds(learner, 3, 0)));
    double usual = 1 / (1 + Math.exp(-logOdds(learner, 0, 0)));
    assertThat(odd).isBetween(0.05, 0.2);
    assertThat(usual).isLessThan(0.01);
  }

  @Test
  void shouldNameTheFeatureThatRaisesTheRisk() {
    RiskLearner learner = new RiskLearner(2);

    stream(learner, 50_000);

    Score score = new Score();
    risk(learner).logOdds(new float[] {3, 0}, score);
    assertThat(score.riskFeature).isZero();
    assertThat(logOdds(learner, 3, 0) - logOdds(learner, 0, 0)).isGreaterThan(2);
    assertThat(Math.abs(logOdds(learner, 0, 1) - logOdds(learner, 0, 0))).isLessThan(1);
  }

  @Test
  void shouldNotTrustValuesBeyondAllThatWasSeen() {
    RiskLearner learner = new RiskLearner(2);
    stream(learner, 20_000);

    double far = logOdds(learner, 1e30f, -1e30f);

    assertThat(far).isCloseTo(logOdds(learner, 16, -2), within(1e-9));
  }

  @Test
  void shouldGoOnFromItsState() throws IOException {
    RiskLearner learner = new RiskLearner(2);
    stream(learner, 5_000);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    learner.writeTo(new DataOutputStream(bytes));
    RiskLearner restored = new RiskLearner(2);
    restored.readFrom(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));

    float[] more = Samples.blob(random, 100, 2, 0, 2);
    learner.traffic(more, 100, MEANS, INVERSE_SCALES);
    restored.traffic(more, 100, MEANS, INVERSE_SCALES);

    assertThat(restored.weights()).containsExactly(learner.weights());
  }

  private double logOdds(RiskLearner learner, float first, float second) {
    return risk(learner).logOdds(new float[] {first, second}, new Score());
  }
}
