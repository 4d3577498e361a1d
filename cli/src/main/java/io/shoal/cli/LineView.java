package io.shoal.cli;

import io.shoal.local.demo.DemoAlert;
import io.shoal.local.demo.DemoSnapshot;
import java.io.PrintStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Writes a line now and then, and the newest alerts where they are wanted. */
final class LineView implements LiveView {
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final int ALERTS_PER_LINE = 3;

  private final SnapshotText text;
  private final boolean withAlerts;
  private final PrintStream out;
  private Duration next = Duration.ZERO;
  private @Nullable DemoAlert newestShown;

  LineView(SnapshotText text, boolean withAlerts, PrintStream out) {
    this.text = text;
    this.withAlerts = withAlerts;
    this.out = out;
  }

  @Override
  public void show(DemoSnapshot snapshot) {
    if (snapshot.running().compareTo(next) < 0) {
      return;
    }
    next = snapshot.running().plus(INTERVAL);
    out.println(text.line(snapshot));
    if (withAlerts) {
      snapshot.lastAlerts().stream()
          .takeWhile(a -> !a.equals(newestShown))
          .limit(ALERTS_PER_LINE)
          .map(text::line)
          .forEach(out::println);
      snapshot.lastAlerts().stream().findFirst().ifPresent(a -> newestShown = a);
    }
  }

  @Override
  public void close() {
    out.flush();
  }
}
