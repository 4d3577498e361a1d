package io.shoal.cli.table;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;

/** What cells of a table say. A cell that says nothing of the kind is an empty answer. */
public final class Cells {
  /** Forms of times, for messages. */
  public static final String TIME_FORMS =
      "2024-05-06T10:00:00Z, 2024-05-06 10:00:00 (UTC), 2024-05-06, or seconds or milliseconds since 1970";

  /** Between 2001 and 2100. */
  private static final long SECONDS_MIN = 1_000_000_000L;

  private static final long SECONDS_MAX = 4_102_444_800L;

  private Cells() {}

  /** A time in milliseconds since 1970; without a zone it is UTC. */
  public static Optional<Long> time(String cell) {
    if (isWhole(cell)) {
      return epoch(Long.parseLong(cell));
    }
    if (cell.length() < "2024-05-06".length() || cell.charAt(4) != '-') {
      return Optional.empty();
    }
    try {
      return Optional.of(instant(cell.replace(' ', 'T')).toEpochMilli());
    } catch (DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  /** Whether a cell is a whole number of at most 18 digits. */
  public static boolean isWhole(String cell) {
    int first = cell.startsWith("-") ? 1 : 0;
    return cell.length() > first
        && cell.length() - first <= 18
        && cell.chars().skip(first).allMatch(c -> c >= '0' && c <= '9');
  }

  /** A finite number. */
  public static Optional<Double> number(String cell) {
    // What Double takes besides, such as 1d or NaN, is no number to a person.
    if (cell.isEmpty() || cell.chars().anyMatch(c -> "0123456789.+-eE".indexOf(c) < 0)) {
      return Optional.empty();
    }
    try {
      double number = Double.parseDouble(cell);
      return Double.isFinite(number) ? Optional.of(number) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** True or false, also as yes and no, 1 and 0. */
  public static Optional<Boolean> flag(String cell) {
    return switch (cell.toLowerCase(Locale.ROOT)) {
      case "true", "yes", "1" -> Optional.of(true);
      case "false", "no", "0" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  private static Optional<Long> epoch(long number) {
    if (number >= SECONDS_MIN && number <= SECONDS_MAX) {
      return Optional.of(number * 1_000);
    }
    return number >= SECONDS_MIN * 1_000 && number <= SECONDS_MAX * 1_000
        ? Optional.of(number)
        : Optional.empty();
  }

  private static Instant instant(String time) {
    if (time.indexOf('T') < 0) {
      return LocalDate.parse(time).atStartOfDay(ZoneOffset.UTC).toInstant();
    }
    boolean zoned = time.endsWith("Z") || time.matches(".*[+-]\\d{2}:?(\\d{2})?$");
    return zoned
        ? OffsetDateTime.parse(time).toInstant()
        : LocalDateTime.parse(time).toInstant(ZoneOffset.UTC);
  }
}
