package io.shoal.cli;

import io.shoal.local.demo.DemoSnapshot;
import java.io.IOException;
import java.time.Clock;
import org.jline.terminal.TerminalBuilder;

/** Shows a run while it goes on. */
interface LiveView extends AutoCloseable {
  /** Shows where the run stands now. */
  void show(DemoSnapshot snapshot);

  /** Leaves standard output ready for whatever is written next. */
  @Override
  void close();

  /**
   * A view on standard output: repainted in place on a terminal, a line now and then elsewhere.
   *
   * @param headless whether to write progress lines only, even on a terminal
   */
  static LiveView open(boolean headless, String broker, String registry) {
    SnapshotText text = new SnapshotText(Clock.systemUTC(), broker, registry);
    if (headless) {
      return new LineView(text, false, System.out);
    }
    try {
      // Signals stay with the JVM: Ctrl-C must reach the shutdown hook.
      return new ScreenView(
          text, TerminalBuilder.builder().system(true).nativeSignals(false).dumb(false).build());
    } catch (IOException | IllegalStateException noTerminal) {
      return new LineView(text, true, System.out);
    }
  }
}
