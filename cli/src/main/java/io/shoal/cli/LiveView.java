package io.shoal.cli;

import io.shoal.local.demo.DemoAlert;
import io.shoal.local.demo.DemoSnapshot;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.jspecify.annotations.Nullable;

/** Shows a run: repainted in place on a terminal, as a line now and then elsewhere. */
final class LiveView implements AutoCloseable {
  private static final Duration LINE_INTERVAL = Duration.ofSeconds(5);
  private static final int WIDTH_MIN = 40;
  private static final int ALERTS_PER_LINE = 3;

  private final SnapshotText text;
  private final @Nullable Terminal terminal;
  private final @Nullable Display display;
  private final boolean withAlerts;
  private final PrintStream out;
  private @Nullable DemoAlert newestShown;
  private Duration lastLine = Duration.ofSeconds(-LINE_INTERVAL.toSeconds());

  LiveView(SnapshotText text, boolean withAlerts, PrintStream out, @Nullable Terminal terminal) {
    this.text = text;
    this.out = out;
    this.withAlerts = withAlerts;
    this.terminal = terminal;
    this.display = terminal == null ? null : new Display(terminal, false);
  }

  /**
   * A view on standard output.
   *
   * @param headless whether to write progress lines only, even on a terminal
   */
  static LiveView open(boolean headless, String broker, String registry) {
    SnapshotText text = new SnapshotText(Clock.systemUTC(), broker, registry);
    return new LiveView(text, !headless, System.out, headless ? null : terminal());
  }

  void show(DemoSnapshot snapshot) {
    if (terminal == null || display == null) {
      if (snapshot.running().minus(lastLine).compareTo(LINE_INTERVAL) >= 0) {
        lastLine = snapshot.running();
        showLines(snapshot);
      }
      return;
    }
    int width = Math.max(terminal.getWidth(), WIDTH_MIN);
    int height = Math.max(terminal.getHeight(), 1);
    List<AttributedString> lines =
        text.screen(snapshot, width - 1, height).stream().map(AttributedString::new).toList();
    display.resize(height, width);
    display.update(lines, -1);
  }

  private void showLines(DemoSnapshot snapshot) {
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
    if (terminal != null) {
      try {
        terminal.puts(Capability.cursor_visible);
        terminal.close();
      } catch (IOException e) {
        out.println();
      }
    }
  }

  private static @Nullable Terminal terminal() {
    try {
      // Signals stay with the JVM: Ctrl-C must reach the shutdown hook.
      return TerminalBuilder.builder().system(true).nativeSignals(false).dumb(false).build();
    } catch (IOException | IllegalStateException e) {
      return null;
    }
  }
}
