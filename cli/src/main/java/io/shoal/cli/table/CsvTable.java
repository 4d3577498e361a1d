package io.shoal.cli.table;

import io.shoal.config.ConfigException;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A file of comma-separated values with a header, plain or gzip, in UTF-8. Semicolons and tabs
 * separate as well: whichever the header has most of.
 */
public final class CsvTable implements Closeable, Iterable<CSVRecord> {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int HEADER_CHARS_MAX = 1 << 15;
  private static final char[] DELIMITERS = {',', ';', '\t'};
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final FileChannel channel;
  private final CSVParser parser;
  private final List<String> columns;

  private CsvTable(FileChannel channel, CSVParser parser, List<String> columns) {
    this.channel = channel;
    this.parser = parser;
    this.columns = columns;
  }

  /**
   * Opens a file at its first row.
   *
   * @throws ConfigException when it cannot be read, or has no header
   */
  public static CsvTable open(Path file) {
    try {
      FileChannel channel = FileChannel.open(file);
      InputStream in = Channels.newInputStream(channel);
      InputStream plain =
          file.toString().endsWith(".gz") ? new GZIPInputStream(in, BUFFER_BYTES) : in;
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8), BUFFER_BYTES);
      CSVParser parser =
          CSVParser.parse(
              reader,
              CSVFormat.RFC4180
                  .builder()
                  .setDelimiter(delimiter(reader))
                  .setIgnoreEmptyLines(true)
                  .setHeader()
                  .setSkipHeaderRecord(true)
                  .get());
      return new CsvTable(channel, parser, columns(file, parser.getHeaderNames()));
    } catch (NoSuchFileException e) {
      throw new ConfigException("there is no file " + file, e);
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** Names of the columns, in their order, as {@link #field} writes them. */
  public List<String> columns() {
    return columns;
  }

  /** A column's name as an Avro field has it: letters, digits and underscores. */
  public static String field(String column) {
    String field = column.strip().replaceAll("[^A-Za-z0-9_]+", "_");
    field = field.replaceAll("^_+(?=.)|(?<=.)_+$", "");
    return field.isEmpty() || Character.isDigit(field.charAt(0)) ? "c_" + field : field;
  }

  /** The line of the file that was read last, from 1. */
  public long line() {
    return parser.getCurrentLineNumber();
  }

  /** Share of the file that was read, in [0, 1]. */
  public double progress() {
    try {
      return (double) channel.position() / Math.max(1, channel.size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Rows from here on; a row may have fewer or more cells than there are columns. */
  @Override
  public Iterator<CSVRecord> iterator() {
    return parser.iterator();
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }

  /** Looks at the header, and goes back before it. */
  private static char delimiter(BufferedReader reader) throws IOException {
    reader.mark(HEADER_CHARS_MAX);
    if (reader.read() == BYTE_ORDER_MARK) {
      reader.mark(HEADER_CHARS_MAX);
    } else {
      reader.reset();
    }
    long[] counts = new long[DELIMITERS.length];
    for (int c = reader.read(), n = 1; c >= 0 && c != '\n' && n < HEADER_CHARS_MAX; n++) {
      for (int i = 0; i < DELIMITERS.length; i++) {
        counts[i] += c == DELIMITERS[i] ? 1 : 0;
      }
      c = reader.read();
    }
    reader.reset();
    int most = 0;
    for (int i = 1; i < counts.length; i++) {
      most = counts[i] > counts[most] ? i : most;
    }
    return DELIMITERS[most];
  }

  private static List<String> columns(Path file, List<String> header) {
    if (header.isEmpty()) {
      throw new ConfigException(file + " is empty; its first line must name the columns");
    }
    List<String> fields = header.stream().map(CsvTable::field).toList();
    Set<String> seen = new HashSet<>();
    for (String field : fields) {
      if (!seen.add(field)) {
        throw new ConfigException(
            file + " has two columns named '" + field + "'; give one of them another name");
      }
    }
    return fields;
  }
}
