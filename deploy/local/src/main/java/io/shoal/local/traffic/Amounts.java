package io.shoal.local.traffic;

/**
 * Reads amounts: finite decimal numbers. The usual form, digits with a point among them, is read
 * without allocation; a quotient of two integers that a double holds exactly is rounded correctly
 * (Clinger 1990), so that the result is that of {@link Double#parseDouble}.
 */
final class Amounts {
  private static final int EXACT_DIGITS_MAX = 15;
  private static final double[] POWERS_OF_TEN = powersOfTen();

  private Amounts() {}

  /**
   * The number in this field.
   *
   * @throws MalformedFieldException when it is none, or not finite
   */
  static double parse(CsvFields fields, int field) throws MalformedFieldException {
    int length = fields.length(field);
    long digits = 0;
    int point = -1;
    if (length == 0 || length > EXACT_DIGITS_MAX) {
      return parseRare(fields.text(field));
    }
    for (int i = 0; i < length; i++) {
      char c = fields.charAt(field, i);
      if (c >= '0' && c <= '9') {
        digits = 10 * digits + (c - '0');
      } else if (c == '.' && point < 0 && length > 1) {
        point = i;
      } else {
        return parseRare(fields.text(field));
      }
    }
    return point < 0 ? digits : digits / POWERS_OF_TEN[length - 1 - point];
  }

  private static double parseRare(String text) throws MalformedFieldException {
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new MalformedFieldException("amount '" + text + "' is no number");
    }
    if (!Double.isFinite(value)) {
      throw new MalformedFieldException("amount '" + text + "' is not finite");
    }
    if (!isDecimal(text)) {
      throw new MalformedFieldException("amount '" + text + "' is no decimal number");
    }
    return value;
  }

  /** Java's own forms, {@code 1d} or {@code 0x1p3}, are no amounts. */
  private static boolean isDecimal(String text) {
    return text.chars().allMatch(c -> (c >= '0' && c <= '9') || "+-.eE ".indexOf(c) >= 0);
  }

  private static double[] powersOfTen() {
    double[] powers = new double[EXACT_DIGITS_MAX + 1];
    powers[0] = 1;
    for (int i = 1; i < powers.length; i++) {
      powers[i] = 10 * powers[i - 1];
    }
    return powers;
  }
}
