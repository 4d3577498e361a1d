package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.local.demo.DemoAlert;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineViewTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  @Test
  void shouldWriteALineNowAndThenWhereThereIsNoTerminal() {
    try (LineView view = view(false)) {
      for (int second = 0; second <= 12; second++) {
        view.show(Snapshots.running(Duration.ofSeconds(second), List.of()));
      }
    }
    assertThat(lines())
        .extracting(l -> l.substring(0, 6).strip())
        .containsExactly("0:00", "0:05", "0:10");
  }

  @Test
  void shouldWriteEachAlertOnce() {
    DemoAlert first = Snapshots.byScore("1");
    DemoAlert second = Snapshots.byScore("2");
    try (LineView view = view(true)) {
      view.show(Snapshots.running(Duration.ZERO, List.of(first)));
      view.show(Snapshots.running(Duration.ofSeconds(5), List.of(second, first)));
      view.show(Snapshots.running(Duration.ofSeconds(10), List.of(second, first)));
    }
    assertThat(lines().stream().filter(l -> l.contains("alert:")))
        .satisfiesExactly(
            l -> assertThat(l).contains("transaction 1:"),
            l -> assertThat(l).contains("transaction 2:"));
  }

  @Test
  void shouldLeaveAlertsOutOfProgressLines() {
    try (LineView view = view(false)) {
      view.show(Snapshots.running(Duration.ZERO, List.of(Snapshots.byScore("1"))));
    }
    assertThat(lines()).singleElement().asString().contains("(95 %) sent");
  }

  private LineView view(boolean withAlerts) {
    return new LineView(
        new SnapshotText(Clock.systemUTC(), "broker", "registry"),
        withAlerts,
        new PrintStream(written, true, StandardCharsets.UTF_8));
  }

  private List<String> lines() {
    return written.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
