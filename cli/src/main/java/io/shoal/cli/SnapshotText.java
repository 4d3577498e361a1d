package io.shoal.cli;

import io.shoal.local.demo.DemoAlert;
import io.shoal.local.demo.DemoOptions;
import io.shoal.local.demo.DemoSnapshot;
import io.shoal.local.demo.DemoState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Says in words and numbers what a run of the demo is doing. Lines are no wider than asked for. */
final class SnapshotText {
  private static final DateTimeFormatter ALERT_TIME =
      DateTimeFormatter.ofPattern("MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter EVENT_CLOCK =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final String ALERT_INDENT = "    ";
  private static final int LINES_PER_ALERT = 2;
  private static final double SHARE_MIN = 0.01;
  private static final int UNBOUNDED = Integer.MAX_VALUE;

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
        model(s, "model v%d (%s ago)", "no model yet"),
        s.alerts(),
        s.deadLetters());
  }

  /** An alert as a line, for logs. */
  String line(DemoAlert alert) {
    return "        alert: " + headline(alert, UNBOUNDED) + "; " + causes(alert, UNBOUNDED);
  }

  /** A screen, with as many alerts as fit. */
  List<String> screen(DemoSnapshot s, int width, int height) {
    List<String> lines = new ArrayList<>();
    lines.add(
        format("Shoal demo  %s   broker %s   console %s/", time(s.running()), broker, registry));
    lines.add("");
    lines.add(
        format("transactions  %s sent, %,.0f/s", progress(s), s.transactionsPerSecond())
            + (s.state() == DemoState.DRAINING ? "; all sent, awaiting the last answers" : ""));
    lines.add(
        format(
            "predictions   %,d, %,.0f/s, %,d without a model, %,d in flight",
            s.predictions(), s.predictionsPerSecond(), s.unscored(), s.inFlight()));
    lines.add(
        format(
            "latency       p50 %,d ms, p99 %,d ms; whole run p50 %,d ms, p99 %,d ms",
            s.latency().p50(), s.latency().p99(), s.latencyTotal().p50(), s.latencyTotal().p99()));
    lines.add(
        format(
            "event clock   %s, %,d late labels sent",
            s.eventTime() == null ? "-" : EVENT_CLOCK.format(s.eventTime()), s.labels()));
    lines.add(
        model(
                s,
                "model         version %d, swapped in %s ago",
                "model         none yet: the trainer gathers its first events")
            + format("; learned from %,d events", s.eventsLearned()));
    lines.add(format("dead letters  %,d%s", s.deadLetters(), reasons(s)));
    s.lastDeadLetters().stream().limit(1).forEach(l -> lines.add("              " + l));
    lines.add("");
    lines.add(format("alerts        %,d%s", s.alerts(), s.alerts() == 0 ? "" : "; the newest:"));
    int room = Math.max((height - lines.size()) / LINES_PER_ALERT, 0);
    for (DemoAlert alert : s.lastAlerts().stream().limit(room).toList()) {
      lines.add("  " + headline(alert, width));
      lines.add(ALERT_INDENT + causes(alert, width - ALERT_INDENT.length()));
    }
    return lines.stream().limit(height).map(l -> clip(l, width)).toList();
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

  private String model(DemoSnapshot s, String some, String none) {
    Instant swappedIn = s.modelSwappedInAt();
    return s.modelVersion() == null || swappedIn == null
        ? none
        : format(some, s.modelVersion(), time(Duration.between(swappedIn, clock.instant())));
  }

  /** The sidecar's reason names score or risk already; where there is room both are given. */
  private static String headline(DemoAlert alert, int width) {
    String headline =
        format(
            "%s transaction %s: %s",
            ALERT_TIME.format(alert.eventTime()), alert.transactionId(), alert.reason());
    String figures =
        (alert.score() == null ? "" : format("  score %.5f", alert.score()))
            + (alert.risk() == null ? "" : format("  risk %.3f", alert.risk()));
    return headline.length() + figures.length() + 2 <= width ? headline + figures : headline;
  }

  /** As many as fit, none cut in two. */
  private static String causes(DemoAlert alert, int width) {
    StringBuilder text = new StringBuilder("customer " + alert.customerId());
    String separator = ": ";
    for (DemoAlert.Cause cause : alert.causes()) {
      String next =
          format("%s = %.4g (%.0f %%)", cause.feature(), cause.value(), 100 * cause.share());
      if (cause.share() >= SHARE_MIN
          && text.length() + separator.length() + next.length() <= width) {
        text.append(separator).append(next);
        separator = ", ";
      }
    }
    return text.toString();
  }

  private static String clip(String line, int width) {
    return line.length() <= width ? line : line.substring(0, width);
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
