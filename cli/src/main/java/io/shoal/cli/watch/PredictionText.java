package io.shoal.cli.watch;

import io.shoal.schemas.avro.Contribution;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A prediction in lines that are no wider than asked for. */
public final class PredictionText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String RED = "\u001b[1;31m";
  private static final String PLAIN = "\u001b[0m";
  private static final String INDENT = "    ";

  /** A smaller share of the distance explains nothing. */
  private static final double SHARE_MIN = 0.05;

  private final int width;
  private final boolean colours;

  /** Lines of at most so many columns. */
  public PredictionText(int width, boolean colours) {
    this.width = width;
    this.colours = colours;
  }

  /** When, whose, how unusual; for an alert also why. */
  public List<String> lines(Prediction prediction) {
    boolean alert = prediction.getDecision() == Decision.REVIEW;
    List<String> lines = new ArrayList<>();
    String head =
        "%-6s %s  %s  %s"
            .formatted(
                word(prediction.getDecision()),
                TIME.format(prediction.getEventTime()),
                prediction.getEntityId(),
                prediction.getTransactionId());
    String numbers = numbers(prediction);
    String line = clip(head, width - numbers.length() - 2);
    String padded = line + " ".repeat(Math.max(2, width - line.length() - numbers.length()));
    lines.add(colours && alert ? RED + padded + numbers + PLAIN : padded + numbers);
    if (prediction.getReason() != null && prediction.getDecision() != Decision.PASS) {
      lines.add(clip(INDENT + prediction.getReason(), width));
    }
    if (alert && !prediction.getContributions().isEmpty()) {
      lines.add(clip(INDENT + causes(prediction.getContributions()), width));
    }
    return lines;
  }

  private static String word(Decision decision) {
    return switch (decision) {
      case REVIEW -> "ALERT";
      case PASS -> "pass";
      case UNSCORED -> "-";
    };
  }

  private static String numbers(Prediction prediction) {
    Double score = prediction.getScore();
    Double risk = prediction.getRisk();
    return (score == null ? "" : String.format(Locale.ROOT, "score %.5f", score))
        + (risk == null ? "" : String.format(Locale.ROOT, "  risk %.3f", risk));
  }

  private static String causes(List<Contribution> contributions) {
    return String.join(
        ", ",
        contributions.stream()
            .filter(c -> c.getShare() >= SHARE_MIN)
            .map(
                c ->
                    String.format(
                        Locale.ROOT,
                        "%s = %s (%.0f %%)",
                        c.getFeature(),
                        number(c.getValue()),
                        100 * c.getShare()))
            .toList());
  }

  private static String number(float value) {
    return Math.abs(value) >= 1_000
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.4g", value);
  }

  private static String clip(String text, int width) {
    return text.length() <= width ? text : text.substring(0, Math.max(0, width - 1)) + "…";
  }
}
