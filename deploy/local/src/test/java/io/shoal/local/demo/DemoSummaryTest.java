package io.shoal.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoSummaryTest {
  @Test
  void shouldReadWellInTheTerminal() {
    assertThat(summary(null, 0, 0, 2).toString().lines())
        .containsExactly(
            "transactions   1,200,000 sent in 1 min 20 s, 15,000/s",
            "event time     2018-04-01T00:00:31Z to 2018-08-14T23:59:00Z",
            "predictions    1,200,000 (1,100,000 scored, 100,000 without a model)",
            "exactly once   yes: 0 missing, 0 duplicates; 2 of other transactions",
            "latency        p50 12 ms, p99 80 ms, max 1,200 ms",
            "model          learned from 1,190,000 events, 17 versions used, now version 20",
            "alerts         1,234; labels sent 10,000",
            "dead letters   4 (malformed-line 3, undecodable 1)",
            "               malformed-line: line 7: no amount");
  }

  @Test
  void shouldSayFirstWhyItFailed() {
    assertThat(summary("no broker", 0, 0, 0).lines().get(0)).isEqualTo("FAILED         no broker");
  }

  @Test
  void shouldBeExactlyOnceOnlyWithoutFailureLossOrDuplicate() {
    assertThat(summary(null, 0, 0, 0).exactlyOnce()).isTrue();
    assertThat(summary("x", 0, 0, 0).exactlyOnce()).isFalse();
    assertThat(summary(null, 1, 0, 0).exactlyOnce()).isFalse();
    assertThat(summary(null, 0, 1, 0).exactlyOnce()).isFalse();
    assertThat(summary(null, 1, 0, 0).lines()).anyMatch(l -> l.contains("NO: 1 missing"));
  }

  @Test
  void shouldSummarizeRunThatSentNothing() {
    DemoSummary nothing =
        new DemoSummary(
            null,
            Duration.ZERO,
            0,
            null,
            null,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            LatencyMs.NONE,
            Map.of(),
            List.of(),
            0,
            0,
            null);
    assertThat(nothing.predictionsPerSecond()).isZero();
    assertThat(nothing.lines())
        .contains(
            "transactions   0 sent in 0.0 s, 0/s",
            "model          learned from 0 events, no version in use yet",
            "dead letters   0");
  }

  private static DemoSummary summary(String failure, long missing, long duplicates, long foreign) {
    return new DemoSummary(
        failure,
        Duration.ofSeconds(80),
        1_200_000,
        Instant.parse("2018-04-01T00:00:31Z"),
        Instant.parse("2018-08-14T23:59:00Z"),
        10_000,
        1_200_000,
        missing,
        duplicates,
        foreign,
        1_100_000,
        100_000,
        1_234,
        new LatencyMs(1_200_000, 12, 80, 1_200),
        Map.of("undecodable", 1L, "malformed-line", 3L),
        List.of("malformed-line: line 7: no amount"),
        1_190_000,
        17,
        20L);
  }
}
