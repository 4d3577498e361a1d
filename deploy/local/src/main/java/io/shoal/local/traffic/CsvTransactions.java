package io.shoal.local.traffic;

import io.shoal.config.ConfigException;
import io.shoal.schemas.avro.Transaction;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Transactions of a CSV file (RFC 4180, UTF-8, a header), {@code .gz} or not: the columns {@code
 * transaction_id}, {@code event_time} (ISO-8601 with zone), {@code customer_id}, {@code
 * terminal_id}, {@code amount} and, where labels are known, {@code fraud} (0 or 1), in any order;
 * others are ignored. A line that is no transaction is handed out as malformed and the next one is
 * read. A quoted field cannot hold a line end; empty lines are skipped.
 */
public final class CsvTransactions implements TransactionSource {
  /** Longest line, in characters. */
  public static final int LINE_CHARS_MAX = 1 << 16;

  private static final List<String> COLUMNS =
      List.of("transaction_id", "event_time", "customer_id", "terminal_id", "amount");
  private static final String LABEL_COLUMN = "fraud";
  private static final int GZIP_BUFFER_BYTES = 1 << 16;

  private final String name;
  private final LineReader lines;
  private final CsvFields fields = new CsvFields();
  private final EventTimes times = new EventTimes();
  private final int width;
  private final int id;
  private final int time;
  private final int customer;
  private final int terminal;
  private final int amount;
  private final int label;

  private @Nullable Transaction transaction;
  private @Nullable Boolean fraud;
  private @Nullable MalformedLine malformed;

  /**
   * Opens a file and reads its header.
   *
   * @throws ConfigException when it cannot be opened or a column is missing
   */
  public CsvTransactions(Path file) {
    this.name = String.valueOf(file.getFileName());
    try {
      this.lines = open(file);
    } catch (IOException e) {
      throw new ConfigException("cannot read " + file + " (" + e + "); pass a readable file", e);
    }
    try {
      List<String> header = header(file);
      this.width = header.size();
      this.id = header.indexOf(COLUMNS.get(0));
      this.time = header.indexOf(COLUMNS.get(1));
      this.customer = header.indexOf(COLUMNS.get(2));
      this.terminal = header.indexOf(COLUMNS.get(3));
      this.amount = header.indexOf(COLUMNS.get(4));
      this.label = header.indexOf(LABEL_COLUMN);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Item next() {
    transaction = null;
    fraud = null;
    malformed = null;
    try {
      while (lines.next()) {
        if (lines.end() > lines.start()) {
          return read();
        }
      }
      return Item.END;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot read " + name + " beyond line " + lines.number() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public Transaction transaction() {
    if (transaction == null) {
      throw new IllegalStateException("the cursor does not stand on a transaction");
    }
    return transaction;
  }

  @Override
  public @Nullable Boolean fraud() {
    return fraud;
  }

  @Override
  public MalformedLine malformed() {
    if (malformed == null) {
      throw new IllegalStateException("the cursor does not stand on a malformed line");
    }
    return malformed;
  }

  @Override
  public void close() {
    try {
      lines.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing " + name, e);
    }
  }

  private Item read() throws IOException {
    if (lines.isCut()) {
      Item item = malformed("the line has more than " + LINE_CHARS_MAX + " characters");
      lines.skipRest();
      return item;
    }
    try {
      fields.split(lines.buffer(), lines.start(), lines.end());
      if (fields.count() != width) {
        return malformed("the line has " + fields.count() + " fields, the header has " + width);
      }
      fraud = label < 0 ? null : label();
      transaction =
          new Transaction(
              key(id, COLUMNS.get(0)),
              Instant.ofEpochMilli(times.parse(fields, time)),
              key(customer, COLUMNS.get(2)),
              key(terminal, COLUMNS.get(3)),
              Amounts.parse(fields, amount));
      return Item.TRANSACTION;
    } catch (MalformedFieldException e) {
      return malformed(e.getMessage());
    }
  }

  private Item malformed(String message) {
    malformed = new MalformedLine(lines.number(), lines.line(), message);
    return Item.MALFORMED;
  }

  private String key(int field, String column) throws MalformedFieldException {
    if (fields.isEmpty(field)) {
      throw new MalformedFieldException(column + " is empty");
    }
    return fields.text(field);
  }

  private @Nullable Boolean label() throws MalformedFieldException {
    if (fields.isEmpty(label)) {
      return null;
    }
    return switch (fields.text(label).toLowerCase(Locale.ROOT)) {
      case "0", "false" -> false;
      case "1", "true" -> true;
      default ->
          throw new MalformedFieldException(
              "fraud '" + fields.text(label) + "' is neither 0 nor 1 nor empty");
    };
  }

  private List<String> header(Path file) {
    List<String> header = new ArrayList<>();
    try {
      if (!lines.next()) {
        throw new ConfigException(
            file + " is empty; its first line must be a header with " + String.join(",", COLUMNS));
      }
      boolean byteOrderMark = lines.buffer()[lines.start()] == '\uFEFF';
      fields.split(lines.buffer(), lines.start() + (byteOrderMark ? 1 : 0), lines.end());
      for (int i = 0; i < fields.count(); i++) {
        header.add(fields.text(i).strip().toLowerCase(Locale.ROOT));
      }
    } catch (IOException | MalformedFieldException e) {
      throw new ConfigException("cannot read the header of " + file + ": " + e.getMessage(), e);
    }
    List<String> missing = COLUMNS.stream().filter(c -> !header.contains(c)).toList();
    if (!missing.isEmpty()) {
      throw new ConfigException(
          file
              + " lacks the column"
              + (missing.size() == 1 ? " " : "s ")
              + String.join(", ", missing)
              + "; its first line must be a header with "
              + String.join(",", COLUMNS)
              + " and may have "
              + LABEL_COLUMN);
    }
    return header;
  }

  private static LineReader open(Path file) throws IOException {
    InputStream bytes = Files.newInputStream(file);
    try {
      if (String.valueOf(file.getFileName()).endsWith(".gz")) {
        bytes = new GZIPInputStream(bytes, GZIP_BUFFER_BYTES);
      }
      return new LineReader(new InputStreamReader(bytes, StandardCharsets.UTF_8), LINE_CHARS_MAX);
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }
}
