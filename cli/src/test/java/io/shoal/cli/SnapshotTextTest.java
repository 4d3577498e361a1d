package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.local.demo.DemoAlert;
import io.shoal.local.demo.DemoSnapshot;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotTextTest {
  private static final List<DemoAlert> ALERTS =
      List.of(Snapshots.byScore("1234567"), Snapshots.byRisk("1234001"));

  private static final String HEAD =
      """
      Shoal demo  1:02:05   broker 127.0.0.1:38027   console http://127.0.0.1:44193/

      transactions  1,234,567 of 1,303,778 (95 %) sent, 10,123/s
      predictions   1,229,580, 10,010/s, 12,345 without a model, 4,987 in flight
      latency       p50 12 ms, p99 1,040 ms; whole run p50 14 ms, p99 1,120 ms
      event clock   2018-08-14 10:11:12 UTC, 10,234 late labels sent
      model         version 42, swapped in 1:15 ago; learned from 1,229,000 events
      dead letters  3 (malformed-line 2, undecodable 1)
                    malformed-line: line 17: amount 'x' is no number

      alerts        1,230; the newest:
      """;

  private final SnapshotText text =
      new SnapshotText(
          Clock.fixed(Snapshots.NOW, ZoneOffset.UTC), "127.0.0.1:38027", "http://127.0.0.1:44193");
  private final DemoSnapshot running = Snapshots.running(Duration.ofSeconds(3_725), ALERTS);

  @Test
  void shouldFitTheScreenOfAnOldTerminal() {
    assertThat(screen(running, 79, 24))
        .isEqualTo(
            HEAD
                + """
                  08-14 09:08 transaction 1234567: more unusual than 99.951 % of recent traffic
                    customer 4961: amount_to_customer_mean_30d = 2.513 (61 %)
                  08-14 09:00 transaction 1234001: risk 0.830: cluster 12 has seen fraud
                    customer 17: terminal_fraud_rate_7d = 0.5000 (70 %), amount = 12.00 (10 %)
                """);
  }

  @Test
  void shouldSayMoreOnWideScreen() {
    assertThat(screen(running, 119, 24))
        .isEqualTo(
            HEAD
                + """
                  08-14 09:08 transaction 1234567: more unusual than 99.951 % of recent traffic  score 0.99951  risk 0.012
                    customer 4961: amount_to_customer_mean_30d = 2.513 (61 %), amount = 523.1 (24 %)
                  08-14 09:00 transaction 1234001: risk 0.830: cluster 12 has seen fraud  score 0.93000  risk 0.830
                    customer 17: terminal_fraud_rate_7d = 0.5000 (70 %), terminal_fraud_rate_1d = 1.000 (20 %), amount = 12.00 (10 %)
                """);
  }

  @Test
  void shouldShowOnlyWholeAlertsOnLowScreen() {
    assertThat(screen(running, 80, 14).lines())
        .hasSize(13)
        .anyMatch(l -> l.contains("1234567"))
        .noneMatch(l -> l.contains("1234001"));
    assertThat(screen(running, 80, 12)).doesNotContain("transaction 1");
  }

  @Test
  void shouldNeverExceedTheScreen() {
    for (int width = 40; width < 200; width += 7) {
      for (int height = 1; height < 40; height += 3) {
        List<String> lines = text.screen(running, width, height);
        int widest = width;
        assertThat(lines).hasSizeLessThanOrEqualTo(height);
        assertThat(lines).allSatisfy(l -> assertThat(l.length()).isLessThanOrEqualTo(widest));
      }
    }
  }

  @Test
  void shouldSayThatThereIsNoModelYet() {
    assertThat(screen(Snapshots.begun(), 80, 24))
        .contains("none yet: the trainer gathers its first events", "event clock   -, 0 late")
        .doesNotContain("null", "newest");
  }

  @Test
  void shouldSayAllInOneLine() {
    assertThat(text.line(running))
        .isEqualTo(
            "1:02:05  1,234,567 of 1,303,778 (95 %) sent 10,123/s  predicted 1,229,580 10,010/s"
                + "  p50 12 ms p99 1040 ms  learned 1,229,000  model v42 (1:15 ago)  alerts 1,230"
                + "  dead letters 3");
    assertThat(text.line(Snapshots.begun())).contains("no model yet").doesNotContain("null", "%");
  }

  @Test
  void shouldSayAlertInOneLine() {
    assertThat(text.line(Snapshots.byScore("7")))
        .isEqualTo(
            "        alert: 08-14 09:08 transaction 7: more unusual than 99.951 % of recent traffic"
                + "  score 0.99951  risk 0.012; customer 4961: amount_to_customer_mean_30d = 2.513"
                + " (61 %), amount = 523.1 (24 %)");
  }

  private String screen(DemoSnapshot snapshot, int width, int height) {
    return String.join("\n", text.screen(snapshot, width, height)) + "\n";
  }
}
