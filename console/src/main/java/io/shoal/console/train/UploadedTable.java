package io.shoal.console.train;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * A CSV file that somebody sent: its columns of numbers, and how all of its columns look.
 *
 * @param columns in the file's order
 * @param rows how many
 */
public record UploadedTable(String name, List<Column> columns, int rows) {
  /** Most columns. */
  public static final int COLUMNS_MAX = 200;

  /** Most values. */
  public static final int CELLS_MAX = 8_000_000;

  private static final int BINS = 24;
  private static final int EXAMPLES = 5;
  private static final int EXAMPLE_LENGTH = 60;
  private static final int NAME_MAX = 200;

  /**
   * A column.
   *
   * @param values {@code [rows]}, NaN where a field is none; null where most fields are no numbers
   * @param missing fields that are no numbers
   * @param examples the first texts
   */
  @SuppressWarnings("ArrayRecordComponent") // Read once, never compared.
  public record Column(
      String name, float @Nullable [] values, int missing, List<String> examples) {}

  /**
   * How a column of numbers is distributed.
   *
   * @param counts in bins of equal width from {@code min} to {@code max}
   */
  public record Distribution(
      double min, double max, double mean, double deviation, List<Integer> counts) {}

  /** A column as it is shown. */
  public record ColumnView(
      String name, int missing, List<String> examples, @Nullable Distribution distribution) {
    /** What is shown of a column. */
    public static ColumnView of(Column column) {
      return new ColumnView(
          column.name(), column.missing(), column.examples(), UploadedTable.distribution(column));
    }
  }

  /**
   * Reads a table whose first line names the columns.
   *
   * @throws IllegalArgumentException when it is none, or too large
   */
  public static UploadedTable read(String name, Reader text) {
    CSVFormat format = CSVFormat.DEFAULT.builder().setIgnoreEmptyLines(true).setTrim(true).get();
    List<String> names = new ArrayList<>();
    List<float[]> rows = new ArrayList<>();
    List<List<String>> examples = new ArrayList<>();
    try (var records = format.parse(text)) {
      for (CSVRecord record : records) {
        if (names.isEmpty()) {
          names.addAll(header(record));
          names.forEach(n -> examples.add(new ArrayList<>()));
          continue;
        }
        if (record.size() != names.size()) {
          throw new IllegalArgumentException(
              "line %d has %d fields, the first line %d"
                  .formatted(records.getCurrentLineNumber(), record.size(), names.size()));
        }
        if ((long) (rows.size() + 1) * names.size() > CELLS_MAX) {
          throw new IllegalArgumentException(
              "the table has more than %,d values; send fewer rows or columns"
                  .formatted(CELLS_MAX));
        }
        rows.add(row(record, examples));
      }
    } catch (IOException | UncheckedIOException e) {
      throw new IllegalArgumentException("the file is no CSV: " + e.getMessage(), e);
    }
    if (rows.isEmpty()) {
      throw new IllegalArgumentException(
          "the file has no rows; its first line names the columns, the others hold the values");
    }
    return new UploadedTable(name, columns(names, rows, examples), rows.size());
  }

  private static List<String> header(CSVRecord record) {
    if (record.size() > COLUMNS_MAX) {
      throw new IllegalArgumentException(
          "%d columns; %d at most".formatted(record.size(), COLUMNS_MAX));
    }
    List<String> names = new ArrayList<>();
    for (String field : record) {
      String stripped = field.startsWith("\uFEFF") ? field.substring(1) : field;
      String name = stripped.isBlank() ? "column " + (names.size() + 1) : stripped;
      String clipped = name.length() > NAME_MAX ? name.substring(0, NAME_MAX) : name;
      if (names.contains(clipped)) {
        throw new IllegalArgumentException("the column '" + clipped + "' stands twice");
      }
      names.add(clipped);
    }
    return names;
  }

  private static float[] row(CSVRecord record, List<List<String>> examples) {
    float[] row = new float[record.size()];
    for (int c = 0; c < row.length; c++) {
      String field = record.get(c);
      row[c] = number(field);
      if (examples.get(c).size() < EXAMPLES) {
        examples
            .get(c)
            .add(
                field.length() > EXAMPLE_LENGTH ? field.substring(0, EXAMPLE_LENGTH) + "…" : field);
      }
    }
    return row;
  }

  private static float number(String field) {
    try {
      float value = Float.parseFloat(field);
      return Float.isFinite(value) ? value : Float.NaN;
    } catch (NumberFormatException e) {
      return Float.NaN;
    }
  }

  private static List<Column> columns(
      List<String> names, List<float[]> rows, List<List<String>> examples) {
    List<Column> columns = new ArrayList<>();
    for (int c = 0; c < names.size(); c++) {
      float[] values = new float[rows.size()];
      int missing = 0;
      for (int i = 0; i < values.length; i++) {
        values[i] = rows.get(i)[c];
        missing += Float.isNaN(values[i]) ? 1 : 0;
      }
      boolean numeric = missing * 2 < values.length;
      columns.add(new Column(names.get(c), numeric ? values : null, missing, examples.get(c)));
    }
    return columns;
  }

  /** How a column of numbers is distributed; null for another. */
  private static @Nullable Distribution distribution(Column column) {
    float[] values = column.values();
    if (values == null) {
      return null;
    }
    double sum = 0;
    double sum2 = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    int n = 0;
    for (float value : values) {
      if (!Float.isNaN(value)) {
        sum += value;
        sum2 += (double) value * value;
        min = Math.min(min, value);
        max = Math.max(max, value);
        n++;
      }
    }
    double mean = sum / n;
    int[] counts = new int[BINS];
    for (float value : values) {
      if (!Float.isNaN(value)) {
        double place = max > min ? (value - min) / (max - min) : 0;
        counts[(int) Math.min(place * BINS, BINS - 1)]++;
      }
    }
    return new Distribution(
        min,
        max,
        mean,
        Math.sqrt(Math.max(sum2 / n - mean * mean, 0)),
        Arrays.stream(counts).boxed().toList());
  }

  /** A column by its name; null when there is none. */
  @Nullable Column column(String wanted) {
    return columns.stream().filter(c -> c.name().equals(wanted)).findFirst().orElse(null);
  }
}
