package io.shoal.cli;

import io.shoal.config.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;

/**
 * The numbers of a CSV file (RFC 4180, UTF-8, a header), {@code .gz} or not.
 *
 * @param features names of the columns taken, {@code [d]}
 * @param points {@code [n * d]}, row-major
 * @param n number of rows
 */
@SuppressWarnings("ArrayRecordComponent") // Read once and handed on, never compared.
record PointsFile(List<String> features, float[] points, int n) {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int VALUES_MAX = Integer.MAX_VALUE - 8;
  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180
          .builder()
          .setHeader()
          .setSkipHeaderRecord(true)
          .setDuplicateHeaderMode(DuplicateHeaderMode.DISALLOW)
          .setIgnoreEmptyLines(true)
          .setIgnoreSurroundingSpaces(true)
          .get();

  /**
   * Reads a file into memory.
   *
   * @param wanted columns to take, in this order; empty for all
   * @throws ConfigException when it cannot be read, a column is missing, or a value is no finite
   *     number; names line and column
   */
  static PointsFile read(Path file, List<String> wanted) {
    try (InputStream bytes = open(file);
        Reader text = new InputStreamReader(bytes, StandardCharsets.UTF_8);
        CSVParser parser = CSVParser.parse(text, FORMAT)) {
      List<String> header = parser.getHeaderNames();
      List<String> features = wanted.isEmpty() ? List.copyOf(header) : List.copyOf(wanted);
      requireColumns(file, header, features);
      return read(file, parser, header, features);
    } catch (NoSuchFileException e) {
      throw new ConfigException(file + ": no such file");
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      throw new ConfigException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static PointsFile read(
      Path file, CSVParser parser, List<String> header, List<String> features) {
    int d = features.size();
    int[] columns = features.stream().mapToInt(header::indexOf).toArray();
    float[] points = new float[1_024 * d];
    int n = 0;
    for (CSVRecord row : parser) {
      long line = parser.getCurrentLineNumber();
      if (row.size() != header.size()) {
        throw new ConfigException(
            "%s: line %d has %d fields, the header has %d"
                .formatted(file, line, row.size(), header.size()));
      }
      if ((n + 1L) * d > points.length) {
        points = grown(file, points, d);
      }
      for (int f = 0; f < d; f++) {
        points[n * d + f] = number(file, line, columns[f], features.get(f), row.get(columns[f]));
      }
      n++;
    }
    return new PointsFile(features, points, n);
  }

  private static InputStream open(Path file) throws IOException {
    InputStream bytes = Files.newInputStream(file);
    try {
      return file.toString().endsWith(".gz") ? new GZIPInputStream(bytes, BUFFER_BYTES) : bytes;
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  private static void requireColumns(Path file, List<String> header, List<String> features) {
    if (features.isEmpty()) {
      throw new ConfigException(file + ": is empty; its first line must name the columns");
    }
    if (new HashSet<>(features).size() != features.size()) {
      throw new ConfigException("--features " + features + ": name each column only once");
    }
    for (String feature : features) {
      if (!header.contains(feature)) {
        throw new ConfigException(
            file + ": there is no column '" + feature + "'; it has " + String.join(", ", header));
      }
    }
  }

  private static float number(Path file, long line, int column, String name, String text) {
    try {
      float value = Float.parseFloat(text);
      if (Float.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below, as for NaN.
    }
    throw new ConfigException(
        "%s: line %d, column %d (%s): '%s' is no finite number; mend the line, or name the columns that are numbers with --features"
            .formatted(file, line, column + 1, name, text));
  }

  private static float[] grown(Path file, float[] points, int d) {
    if (points.length == VALUES_MAX) {
      throw new ConfigException(
          file + ": more than " + VALUES_MAX / d + " rows of " + d + " columns; give a sample");
    }
    return Arrays.copyOf(points, (int) Math.min(2L * points.length, VALUES_MAX));
  }

  /** d, the number of columns taken. */
  int dimension() {
    return features.size();
  }

  /** At most so many rows, evenly spread. */
  PointsFile sample(int rowsMax) {
    int step = (n + rowsMax - 1) / rowsMax;
    if (step <= 1) {
      return this;
    }
    int d = dimension();
    int rows = (n + step - 1) / step;
    float[] sample = new float[rows * d];
    for (int i = 0; i < rows; i++) {
      System.arraycopy(points, i * step * d, sample, i * d, d);
    }
    return new PointsFile(new ArrayList<>(features), sample, rows);
  }
}
