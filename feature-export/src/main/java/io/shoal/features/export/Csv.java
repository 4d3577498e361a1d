package io.shoal.features.export;

import io.shoal.config.ConfigException;
import io.shoal.config.Suggestions;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** A CSV file with a header, plain or compressed by gzip; errors name file and line. */
final class Csv implements Closeable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path file;
  private final FileChannel channel;
  private final CSVParser parser;
  private final Iterator<CSVRecord> records;

  private Csv(Path file, FileChannel channel, CSVParser parser) {
    this.file = file;
    this.channel = channel;
    this.parser = parser;
    this.records = parser.iterator();
  }

  static Csv open(Path file) {
    try {
      FileChannel channel = FileChannel.open(file);
      InputStream in = Channels.newInputStream(channel);
      InputStream plain =
          file.toString().endsWith(".gz") ? new GZIPInputStream(in, BUFFER_BYTES) : in;
      CSVFormat format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
      return new Csv(
          file,
          channel,
          CSVParser.parse(
              new BufferedReader(
                  new InputStreamReader(plain, StandardCharsets.UTF_8), BUFFER_BYTES),
              format));
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigException("cannot read " + file + ": " + e, e);
    }
  }

  /** Share of the file that was read, in [0, 1]. */
  double progress() {
    try {
      return (double) channel.position() / Math.max(1, channel.size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> header() {
    return parser.getHeaderNames();
  }

  /**
   * Where a column stands.
   *
   * @throws ConfigException when there is none
   */
  int column(String name) {
    int column = header().indexOf(name);
    if (column < 0) {
      throw new ConfigException(
          "%s has no column '%s'; %s"
              .formatted(
                  file,
                  name,
                  Suggestions.nearest(name, header())
                      .map(k -> "did you mean '" + k + "'?")
                      .orElse("it has " + String.join(", ", header()))));
    }
    return column;
  }

  boolean hasNext() {
    try {
      return records.hasNext();
    } catch (UncheckedIOException e) {
      throw bad(String.valueOf(e.getMessage()));
    }
  }

  CSVRecord next() {
    CSVRecord record = records.next();
    if (record.size() != header().size()) {
      throw bad("%d cells under %d columns".formatted(record.size(), header().size()));
    }
    return record;
  }

  /** Milliseconds since 1970, of an ISO-8601 time. */
  long time(CSVRecord record, int column) {
    try {
      return Instant.parse(record.get(column)).toEpochMilli();
    } catch (DateTimeException e) {
      throw bad("'" + record.get(column) + "' is no time such as 2024-05-06T10:00:00Z");
    }
  }

  /** NaN where the cell is empty. */
  double number(CSVRecord record, int column) {
    String cell = record.get(column);
    if (cell.isEmpty()) {
      return Double.NaN;
    }
    try {
      double number =
          switch (cell) {
            case "true" -> 1;
            case "false" -> 0;
            default -> Double.parseDouble(cell);
          };
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw bad("'" + cell + "' is no number");
    }
    throw bad("'" + cell + "' is not finite");
  }

  boolean flag(CSVRecord record, int column) {
    return switch (record.get(column)) {
      case "1", "true" -> true;
      case "0", "false" -> false;
      default -> throw bad("'" + record.get(column) + "' is neither 0, 1, true nor false");
    };
  }

  private ConfigException bad(String what) {
    return new ConfigException("%s:%d: %s".formatted(file, parser.getCurrentLineNumber(), what));
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
