package io.shoal.local.traffic;

/**
 * A line that is no transaction.
 *
 * @param number of the line, from 1; the header counts
 * @param text the line as it stands, cut where it is longer than {@link
 *     CsvTransactions#LINE_CHARS_MAX}
 * @param message what is wrong with it
 */
public record MalformedLine(long number, String text, String message) {}
