package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.local.demo.DemoAlert;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.junit.jupiter.api.Test;

class ScreenViewTest {
  private static final String HIDE_CURSOR = "\u001b[?25l";

  /** Terminals differ in how they ask for a blinking one. */
  private static final String ENDS_WITH_CURSOR = "(?s).*\u001b\\[\\?(12;)?25h\r\n";

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  /** A full screen, on which new alerts push older ones out, is one that JLine would scroll. */
  @Test
  void shouldSurviveAlertsThatFillTheScreen() throws IOException {
    Terminal terminal = terminal();
    terminal.setSize(new Size(80, 25));
    Deque<DemoAlert> alerts = new ArrayDeque<>();
    try (ScreenView view = view(terminal)) {
      for (int i = 0; i < 20; i++) {
        alerts.addFirst(i % 2 == 0 ? Snapshots.byScore("t" + i) : Snapshots.byRisk("t" + i));
        view.show(Snapshots.running(Duration.ofSeconds(i), List.copyOf(alerts)));
        terminal.flush();
        assertThat(written()).contains("t" + i);
      }
    }
  }

  @Test
  void shouldWriteOnlyWhatChanged() throws IOException {
    Terminal terminal = terminal();
    try (ScreenView view = view(terminal)) {
      view.show(Snapshots.running(Duration.ofSeconds(1), List.of()));
      terminal.flush();
      int first = written.size();
      view.show(Snapshots.running(Duration.ofSeconds(2), List.of()));
      terminal.flush();
      assertThat(written.size() - first).isBetween(1, first / 10);
    }
  }

  @Test
  void shouldFollowTheSizeOfTheTerminal() throws IOException {
    Terminal terminal = terminal();
    try (ScreenView view = view(terminal)) {
      view.show(Snapshots.running(Duration.ofSeconds(1), List.of(Snapshots.byScore("7"))));
      assertThat(written()).doesNotContain("score 0.99951");
      terminal.setSize(new Size(120, 24));
      view.show(Snapshots.running(Duration.ofSeconds(2), List.of(Snapshots.byScore("7"))));
      terminal.flush();
      assertThat(written()).contains("score 0.99951");
    }
  }

  @Test
  void shouldGiveBackTheCursorBelowTheView() throws IOException {
    Terminal terminal = terminal();
    ScreenView view = view(terminal);
    view.show(Snapshots.running(Duration.ofSeconds(1), List.of()));
    view.close();
    assertThat(written()).startsWith(HIDE_CURSOR).matches(ENDS_WITH_CURSOR);
  }

  private Terminal terminal() throws IOException {
    Terminal terminal =
        new LineDisciplineTerminal("test", "xterm-256color", written, StandardCharsets.UTF_8);
    terminal.setSize(new Size(80, 24));
    return terminal;
  }

  private static ScreenView view(Terminal terminal) {
    return new ScreenView(
        new SnapshotText(
            Clock.fixed(Snapshots.NOW, ZoneOffset.UTC), "127.0.0.1:9092", "http://127.0.0.1:8090"),
        terminal);
  }

  private String written() {
    return written.toString(StandardCharsets.UTF_8);
  }
}
