package io.shoal.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.schemas.avro.Contribution;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PredictionTextTest {
  private static final int WIDTH = 80;

  @Test
  void shouldSayWhyAnAlertIsOne() {
    assertThat(new PredictionText(WIDTH, false).lines(alert("shop-7")))
        .containsExactly(
            "ALERT  2018-04-19 04:58:12  shop-7  o-1                score 0.99980  risk 0.700",
            "    more unusual than 99.98 % of recent traffic",
            "    amount = 389.0 (60 %), amount_to_usual = 12345 (30 %)");
  }

  @Test
  void shouldFitTheTerminalWhateverTheNames() {
    assertThat(new PredictionText(WIDTH, false).lines(alert("x".repeat(300))))
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(WIDTH))
        .first()
        .asString()
        .endsWith("score 0.99980  risk 0.700");
  }

  @Test
  void shouldColourAlertsOnlyWhereAsked() {
    assertThat(new PredictionText(WIDTH, true).lines(alert("a")).get(0)).startsWith("\u001b[1;31m");
    assertThat(new PredictionText(WIDTH, false).lines(alert("a")).get(0)).startsWith("ALERT");
  }

  private static Prediction alert(String entity) {
    return Prediction.newBuilder()
        .setTransactionId("o-1")
        .setEventTime(Instant.parse("2018-04-19T04:58:12Z"))
        .setEntityId(entity)
        .setScore(0.9998)
        .setRisk(0.7)
        .setDecision(Decision.REVIEW)
        .setReason("more unusual than 99.98 % of recent traffic")
        .setContributions(
            List.of(
                new Contribution("amount", 389f, 0.6f),
                new Contribution("amount_to_usual", 12_345f, 0.3f),
                new Contribution("items", 1f, 0.01f)))
        .setFingerprint("f")
        .setSourceTopic("orders")
        .setSourcePartition(0)
        .setSourceOffset(1)
        .build();
  }
}
