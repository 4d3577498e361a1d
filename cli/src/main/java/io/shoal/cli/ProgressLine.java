package io.shoal.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.DoubleConsumer;
import picocli.CommandLine;

/** A bar with the time left, rewritten in place on a terminal; elsewhere a line now and then. */
final class ProgressLine implements DoubleConsumer, AutoCloseable {
  private static final int WIDTH = 30;
  private static final Duration ON_TERMINAL = Duration.ofMillis(200);
  private static final Duration ELSEWHERE = Duration.ofSeconds(10);

  private final String name;
  private final PrintStream out = System.err;
  private final boolean terminal = CommandLine.Help.Ansi.AUTO.enabled();
  private final long startNs = System.nanoTime();
  private long nextNs = startNs;

  ProgressLine(String name) {
    this.name = name;
  }

  @Override
  public void accept(double share) {
    long nowNs = System.nanoTime();
    if (nowNs - nextNs < 0) {
      return;
    }
    nextNs = nowNs + (terminal ? ON_TERMINAL : ELSEWHERE).toNanos();
    String text = text(name, share, Duration.ofNanos(nowNs - startNs));
    out.print(terminal ? "\r\u001b[K" + text : text + System.lineSeparator());
    out.flush();
  }

  static String text(String name, double share, Duration spent) {
    if (!(share > 0)) {
      return "%s  %s".formatted(name, clock(spent));
    }
    int full = (int) Math.round(share * WIDTH);
    Duration left = Duration.ofMillis((long) (spent.toMillis() * (1 - share) / share));
    return "%s [%s%s] %3.0f %%, %s left"
        .formatted(name, "#".repeat(full), "-".repeat(WIDTH - full), 100 * share, clock(left));
  }

  private static String clock(Duration time) {
    return "%d:%02d".formatted(time.toMinutes(), time.toSecondsPart());
  }

  @Override
  public void close() {
    if (terminal) {
      out.print("\r\u001b[K");
      out.flush();
    }
  }
}
