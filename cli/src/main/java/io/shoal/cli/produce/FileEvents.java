package io.shoal.cli.produce;

import io.shoal.cli.table.AvroRows;
import io.shoal.cli.table.Cells;
import io.shoal.cli.table.CsvTable;
import io.shoal.cli.table.MalformedRowException;
import io.shoal.config.ConfigException;
import io.shoal.features.FeatureSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/** The rows of a CSV file whose columns are named as the fields of a schema. */
public final class FileEvents implements Events {
  private static final int NONE = -1;

  private final Path file;
  private final CsvTable table;
  private final Iterator<CSVRecord> lines;
  private final AvroRows rows;
  private final int label;
  private @Nullable GenericRecord record;
  private boolean fraud;

  private FileEvents(Path file, CsvTable table, AvroRows rows, int label) {
    this.file = file;
    this.table = table;
    this.lines = table.iterator();
    this.rows = rows;
    this.label = label;
  }

  /**
   * Opens a file before its first row.
   *
   * @param label column that says whether an event was a fraud; null: none does
   * @throws ConfigException when it cannot be read, or its columns do not fit the schema
   */
  public static FileEvents open(
      Path file, FeatureSet features, Schema schema, @Nullable String label) {
    CsvTable table = CsvTable.open(file);
    try {
      AvroRows rows =
          new AvroRows(
              schema, table.columns(), features.source().id(), String.valueOf(file.getFileName()));
      return new FileEvents(file, table, rows, label == null ? NONE : column(table, file, label));
    } catch (ConfigException e) {
      close(table, file);
      throw e;
    }
  }

  @Override
  public boolean next() throws MalformedRowException {
    try {
      if (!lines.hasNext()) {
        return false;
      }
      CSVRecord row = lines.next();
      record = rows.record(row, table.line());
      fraud = label != NONE && Cells.flag(row.get(label).strip()).orElse(false);
      return true;
    } catch (UncheckedIOException e) {
      throw new ConfigException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public GenericRecord record() {
    if (record == null) {
      throw new IllegalStateException("the cursor does not stand on an event");
    }
    return record;
  }

  @Override
  public boolean fraud() {
    return fraud;
  }

  @Override
  public String place() {
    return file + ":" + table.line();
  }

  @Override
  public double progress() {
    return table.progress();
  }

  @Override
  public void close() {
    close(table, file);
  }

  private static void close(CsvTable table, Path file) {
    try {
      table.close();
    } catch (IOException e) {
      throw new ConfigException("cannot read " + file + ": " + e, e);
    }
  }

  private static int column(CsvTable table, Path file, String label) {
    int column = table.columns().indexOf(label);
    if (column < 0) {
      throw new ConfigException(
          "%s has no column '%s' for the labels; there are %s"
              .formatted(file, label, String.join(", ", table.columns())));
    }
    return column;
  }
}
