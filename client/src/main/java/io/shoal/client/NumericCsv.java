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
record NumericCsv(List<String> names, float[][] rows) {
  /**
   * Reads a table. The first line is the header when one of its fields is no number.
   *
   * @throws IllegalArgumentException with line and column, when a field is no finite number, a row
   *     has another length than the first, or there is no row
   */
  static NumericCsv read(Path file) throws IOException {
    try (InputStream bytes = Files.newInputStream(file);
        InputStream text = file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8))) {
      return read(file, lines);
    }
  }

  private static NumericCsv read(Path file, BufferedReader lines) throws IOException {
    List<String> names = List.of();
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
        if (header) {
          continue;
        }
      }
      rows.add(row(file, number, fields, names));
    }
    if (rows.isEmpty()) {
      throw new IllegalArgumentException(file + ": no row of numbers");
    }
    return new NumericCsv(names, rows.toArray(new float[0][]));
  }

  private static float[] row(Path file, int line, String[] fields, List<String> names) {
    if (fields.length != names.size()) {
      throw new IllegalArgumentException(
          file + " line " + line + ": " + fields.length + " fields, not " + names.size());
    }
    float[] row = new float[fields.length];
    for (int f = 0; f < row.length; f++) {
      if (!isNumber(fields[f])) {
        throw new IllegalArgumentException(
            String.format(
                "%s line %d: column '%s' has '%s', which is no finite number",
                file, line, names.get(f), fields[f]));
      }
      row[f] = Float.parseFloat(fields[f].strip());
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
