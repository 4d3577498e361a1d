package io.shoal.cli;

import io.shoal.local.demo.DemoAlert;
import io.shoal.local.demo.DemoOptions;
import io.shoal.local.demo.DemoSnapshot;
import io.shoal.local.demo.DemoState;
import io.shoal.local.demo.LatencyMs;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Snapshots to show. */
final class Snapshots {
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private Snapshots() {}

  /** Just begun: no model, nothing found. */
  static DemoSnapshot begun() {
    return new DemoSnapshot(
        DemoState.FEEDING,
        Duration.ofSeconds(1),
        0,
        DemoOptions.NO_LIMIT,
        0,
        null,
        0,
        0,
        0,
        0,
        0,
        0,
        LatencyMs.NONE,
        LatencyMs.NONE,
        0,
        null,
        null,
        0,
        List.of(),
        0,
        Map.of(),
        List.of());
  }

  /** In full swing, with large numbers. */
  static DemoSnapshot running(Duration running, List<DemoAlert> alerts) {
    return new DemoSnapshot(
        DemoState.FEEDING,
        running,
        1_234_567,
        1_303_778,
        10_123.4,
        Instant.parse("2018-08-14T10:11:12Z"),
        10_234,
        4_987,
        1_229_580,
        10_009.6,
        1_217_235,
        12_345,
        new LatencyMs(10_000, 12, 1_040, 1_100),
        new LatencyMs(1_229_580, 14, 1_120, 4_000),
        1_229_000,
        42L,
        NOW.minusSeconds(75),
        1_230,
        alerts,
        3,
        Map.of("malformed-line", 2L, "undecodable", 1L),
        List.of("malformed-line: line 17: amount 'x' is no number", "undecodable: offset 3"));
  }

  static DemoAlert byScore(String transaction) {
    return new DemoAlert(
        transaction,
        Instant.parse("2018-08-14T09:08:07Z"),
        "4961",
        0.99951,
        0.0123,
        "more unusual than 99.951 % of recent traffic",
        42L,
        List.of(
            new DemoAlert.Cause("amount_to_customer_mean_30d", 2.513f, 0.61f),
            new DemoAlert.Cause("amount", 523.1f, 0.24f),
            new DemoAlert.Cause("customer_mean_7d_to_30d", 1.2f, 0.005f)));
  }

  static DemoAlert byRisk(String transaction) {
    return new DemoAlert(
        transaction,
        Instant.parse("2018-08-14T09:00:00Z"),
        "17",
        0.93,
        0.83,
        "risk 0.830: cluster 12 has seen fraud",
        42L,
        List.of(
            new DemoAlert.Cause("terminal_fraud_rate_7d", 0.5f, 0.7f),
            new DemoAlert.Cause("terminal_fraud_rate_1d", 1f, 0.2f),
            new DemoAlert.Cause("amount", 12f, 0.1f)));
  }
}
