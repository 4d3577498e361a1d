package io.shoal.cli;

import io.shoal.local.demo.DemoAlert;
import io.shoal.local.demo.DemoOptions;
import io.shoal.local.demo.DemoSnapshot;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Says in words and numbers what a run of the demo is doing. */
final class SnapshotText {
  private static final int HEADER_LINES = 11;

  private final Clock clock;
  private final String broker;
  private final String registry;

  SnapshotText(Clock clock, String broker, String registry) {
    this.clock = clock;
    this.broker = broker;
    this.registry = registry;
  }

  /** One line, for logs. */
  String line(DemoSnapshot s) {
    return format(
        "%6s  %s sent %,.0f/s  predicted %,d %,.0f/s  p50 %d ms p99 %d ms  learned %,d  %s  alerts %,d  dead letters %,d",
        time(s.running()),
        progress(s),
        s.transactionsPerSecond(),
        s.predictions(),
        s.predictionsPerSecond(),
        s.latency().p50(),
        s.latency().p99(),
        s.eventsLearned(),
        s.modelVersion() == null ? "no model yet" : "model v" + s.modelVersion(),
        s.alerts(),
        s.deadLetters());
  }

  /** A screen, as many alerts as fit. */
  List<String> screen(DemoSnapshot s, int width, int height) {
    List<String> lines = new ArrayList<>();
    lines.add(
        format("Shoal demo  %s   broker %s   registry %s", time(s.running()), broker, registry));
    lines.add("");
    lines.add(
        format(
            "transactions  %s sent, %,.0f/s, event time %s",
            progress(s), s.transactionsPerSecond(), s.eventTime() == null ? "-" : s.eventTime()));
    lines.add(
        format(
            "predictions   %,d, %,.0f/s, %,d without a model, %,d in flight",
            s.predictions(), s.predictionsPerSecond(), s.unscored(), s.inFlight()));
    lines.add(
        format(
            "latency       p50 %d ms, p99 %d ms (now);  p50 %d ms, p99 %d ms (whole run)",
            s.latency().p50(), s.latency().p99(), s.latencyTotal().p50(), s.latencyTotal().p99()));
    lines.add(
        format("learned       %,d events, %,d late labels sent", s.eventsLearned(), s.labels()));
    lines.add("model         " + model(s));
    lines.add(format("dead letters  %,d%s", s.deadLetters(), reasons(s)));
    s.lastDeadLetters().stream().limit(1).forEach(l -> lines.add("              " + l));
    lines.add("");
    lines.add(format("alerts        %,d; the newest:", s.alerts()));
    int room = Math.max((height - HEADER_LINES) / 2, 0);
    for (DemoAlert alert : s.lastAlerts().stream().limit(room).toList()) {
      lines.add(headline(alert));
      lines.add("      " + causes(alert));
    }
    return lines.stream().limit(height).toList();
  }

  private static String progress(DemoSnapshot s) {
    return s.transactionsExpected() == DemoOptions.NO_LIMIT
        ? format("%,d", s.transactions())
        : format(
            "%,d of %,d (%.0f %%)",
            s.transactions(),
            s.transactionsExpected(),
            100.0 * s.transactions() / s.transactionsExpected());
  }

  private String model(DemoSnapshot s) {
    Instant swappedIn = s.modelSwappedInAt();
    if (s.modelVersion() == null || swappedIn == null) {
      return "none yet: the trainer gathers its first events";
    }
    return format(
        "version %d, swapped in %s ago",
        s.modelVersion(), time(Duration.between(swappedIn, clock.instant())));
  }

  private static String headline(DemoAlert alert) {
    return format(
        "  %s  transaction %s of customer %s: %s",
        alert.eventTime(), alert.transactionId(), alert.customerId(), alert.reason());
  }

  private static String causes(DemoAlert alert) {
    return alert.causes().stream()
        .filter(c -> c.share() >= 0.01)
        .map(c -> format("%s = %.4g (%.0f %%)", c.feature(), c.value(), 100 * c.share()))
        .collect(Collectors.joining(", "));
  }

  private static String reasons(DemoSnapshot s) {
    if (s.deadLettersByReason().isEmpty()) {
      return "";
    }
    return s.deadLettersByReason().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(e -> format("%s %,d", e.getKey(), e.getValue()))
        .collect(Collectors.joining(", ", " (", ")"));
  }

  private static String time(Duration duration) {
    long seconds = Math.max(duration.toSeconds(), 0);
    return seconds < 3_600
        ? format("%d:%02d", seconds / 60, seconds % 60)
        : format("%d:%02d:%02d", seconds / 3_600, seconds / 60 % 60, seconds % 60);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
