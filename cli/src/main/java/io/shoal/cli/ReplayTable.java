package io.shoal.cli;

import io.shoal.replay.Summary;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Replays side by side: a line per figure, a column per replay. */
final class ReplayTable {
  private ReplayTable() {}

  static String text(List<String> names, List<Summary> replays) {
    StringBuilder text = new StringBuilder();
    boolean several = replays.size() > 1;
    if (several) {
      row(text, "", names);
    }
    row(text, "events", replays, s -> format("%,d", s.events()));
    row(text, "frauds", replays, s -> format("%,d", s.frauds()));
    row(text, "score: AUC ROC", replays, s -> format("%.3f", s.score().auc()));
    row(
        text,
        "score: average precision",
        replays,
        s -> format("%.3f", s.score().averagePrecision()));
    row(text, "risk: AUC ROC", replays, s -> format("%.3f", s.risk().auc()));
    row(text, "risk: average precision", replays, s -> format("%.3f", s.risk().averagePrecision()));
    row(text, "alerts per day", replays, s -> format("%,.1f", s.alertsPerDay()));
    row(text, "frauds among alerts", replays, s -> format("%.1f %%", 100 * s.precision()));
    row(text, "frauds that were alerts", replays, s -> format("%.1f %%", 100 * s.recall()));
    row(text, "amount of frauds found", replays, s -> format("%,.0f", s.amountFound()));
    row(text, "amount of frauds missed", replays, s -> format("%,.0f", s.amountMissed()));
    if (several) {
      row(text, "decisions that flip", replays, s -> format("%,d", s.flips()));
      row(text, "amount of those", replays, s -> format("%,.0f", s.amountFlipped()));
    }
    row(text, "model, KiB", replays, s -> format("%.1f", s.modelBytes() / 1024.0));
    row(text, "CPU s per million", replays, s -> format("%.1f", s.cpuSecondsPerMillion()));
    return text.toString();
  }

  private static void row(
      StringBuilder text, String name, List<Summary> replays, Function<Summary, String> cell) {
    row(text, name, replays.stream().map(cell).toList());
  }

  private static void row(StringBuilder text, String name, List<String> cells) {
    text.append(format("%-24s", name));
    cells.forEach(cell -> text.append(format(" %18s", cell)));
    text.append(System.lineSeparator());
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
