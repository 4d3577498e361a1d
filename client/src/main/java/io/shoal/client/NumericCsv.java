package io.shoal.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * A table of numbers in a text file, fields apart by commas.
 *
 * @param names of the columns: the header's, or {@code f1}, {@code f2}, ... without one
 * @param rows {@code [n][d]}, finite
 */
@SuppressWarnings("ArrayRecordComponent") // Read once, never compared.
public record NumericCsv(List<String> names, float[][] rows) {
  /**
   * Reads a table. The first line is the header when one of its fields is no number.
   *
   * @param wanted columns to take, in this order; empty for all
   * @throws IllegalArgumentException with line and column, when a field is no finite number, a row
   *     has another length than the first, there is no row, or a wanted column is missing
   */
  public static NumericCsv read(Path file, List<String> wanted) throws IOException {
    try (InputStream bytes = Files.newInputStream(file);
        InputStream text = file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8))) {
      return read(file, lines, wanted);
    }
  }

  /** The fields of the first line; those of a header, if there is one. */
  public static List<String> header(Path file) throws IOException {
    try (InputStream bytes = Files.newInputStream(file);
        InputStream text = file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      return line == null ? List.of() : names(line.split(",", -1));
    }
  }

  private static NumericCsv read(Path file, BufferedReader lines, List<String> wanted)
      throws IOException {
    List<String> names = List.of();
    int[] columns = {};
    List<float[]> rows = new ArrayList<>();
    int number = 0;
    String line;
    while ((line = lines.readLine()) != null) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      String[] fields = line.split(",", -1);
      if (names.isEmpty()) {
        boolean header = !Arrays.stream(fields).allMatch(NumericCsv::isNumber);
        names = header ? names(fields) : numbered(fields.length);
        columns = columns(file, names, wanted);
        if (header) {
          continue;
        }
      }
      rows.add(row(file, number, fields, names, columns));
    }
    if (rows.isEmpty()) {
      throw new IllegalArgumentException(file + ": no row of numbers");
    }
    return new NumericCsv(
        Arrays.stream(columns).mapToObj(names::get).toList(), rows.toArray(new float[0][]));
  }

  private static int[] columns(Path file, List<String> names, List<String> wanted) {
    if (wanted.isEmpty()) {
      return IntStream.range(0, names.size()).toArray();
    }
    for (String name : wanted) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            file + ": there is no column '" + name + "'; it has " + String.join(", ", names));
      }
    }
    return wanted.stream().mapToInt(names::indexOf).toArray();
  }

  private static float[] row(
      Path file, int line, String[] fields, List<String> names, int[] columns) {
    if (fields.length != names.size()) {
      throw new IllegalArgumentException(
          file + " line " + line + ": " + fields.length + " fields, not " + names.size());
    }
    float[] row = new float[columns.length];
    for (int f = 0; f < row.length; f++) {
      String field = fields[columns[f]];
      if (!isNumber(field)) {
        throw new IllegalArgumentException(
            String.format(
                "%s line %d: column '%s' has '%s', which is no finite number",
                file, line, names.get(columns[f]), field));
      }
      row[f] = Float.parseFloat(field.strip());
    }
    return row;
  }

  private static boolean isNumber(String field) {
    try {
      return Float.isFinite(Float.parseFloat(field.strip()));
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static List<String> names(String[] fields) {
    return Arrays.stream(fields)
        .map(field -> field.strip().replaceAll("^\"(.*)\"$", "$1"))
        .toList();
  }

  private static List<String> numbered(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(f -> "f" + f).toList();
  }
}
