package io.shoal.cli.init;

import io.shoal.cli.init.Column.Kind;
import io.shoal.cli.table.Cells;
import io.shoal.cli.table.CsvTable;
import io.shoal.config.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/** Finds out what the columns of a file, or the fields of an Avro schema, are. */
public final class Columns {
  private static final int ROWS_MAX = 50_000;
  private static final double KIND_SHARE_MIN = 0.99;
  private static final Pattern EPOCH = Pattern.compile("(?i).*(time|date|epoch|_at|at|ts)");

  private Columns() {}

  /**
   * The columns of a CSV file, by its first rows.
   *
   * @throws ConfigException when it cannot be read or has no rows
   */
  public static List<Column> ofCsv(Path file) {
    try (CsvTable table = CsvTable.open(file)) {
      List<Sample> samples = table.columns().stream().map(Sample::new).toList();
      int rows = 0;
      for (CSVRecord row : table) {
        if (row.size() == samples.size()) {
          for (int i = 0; i < samples.size(); i++) {
            samples.get(i).add(row.get(i).strip());
          }
        }
        if (++rows == ROWS_MAX) {
          break;
        }
      }
      if (rows == 0) {
        throw new ConfigException(file + " has no rows; some hundred tell what its columns are");
      }
      return samples.stream().map(Sample::column).toList();
    } catch (UncheckedIOException e) {
      throw new ConfigException("cannot read " + file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ConfigException("cannot read " + file + ": " + e, e);
    }
  }

  /**
   * The schema in a file.
   *
   * @throws ConfigException when it is none, or not of a record
   */
  public static Schema schema(Path file) {
    Schema schema;
    try {
      schema = new Schema.Parser().parse(file.toFile());
    } catch (IOException | AvroRuntimeException e) {
      throw new ConfigException(file + " is no Avro schema: " + e.getMessage(), e);
    }
    if (schema.getType() != Schema.Type.RECORD) {
      throw new ConfigException(file + " is the schema of " + schema.getType() + ", not a record");
    }
    return schema;
  }

  /** The fields of a record; those that are records or collections themselves are left out. */
  public static List<Column> ofSchema(Schema record) {
    List<Column> columns = new ArrayList<>();
    for (Schema.Field field : record.getFields()) {
      Schema type = withoutNull(field.schema());
      Kind kind = type == null ? null : kind(type);
      if (kind != null) {
        columns.add(new Column(field.name(), kind, field.schema().isNullable(), -1, 0, 0));
      }
    }
    return columns;
  }

  private static @Nullable Schema withoutNull(Schema type) {
    if (type.getType() != Schema.Type.UNION) {
      return type;
    }
    List<Schema> others =
        type.getTypes().stream().filter(t -> t.getType() != Schema.Type.NULL).toList();
    return others.size() == 1 ? others.get(0) : null;
  }

  private static @Nullable Kind kind(Schema type) {
    LogicalType logical = type.getLogicalType();
    if (logical instanceof LogicalTypes.TimestampMillis
        || logical instanceof LogicalTypes.TimestampMicros) {
      return Kind.TIME;
    }
    return switch (type.getType()) {
      case INT, LONG -> Kind.WHOLE;
      case FLOAT, DOUBLE -> Kind.NUMBER;
      case BOOLEAN -> Kind.FLAG;
      case STRING, ENUM -> Kind.TEXT;
      default -> null;
    };
  }

  /** What the values of one column have in common so far. */
  private static final class Sample {
    private final String name;
    private final Set<String> distinct = new HashSet<>();
    private final List<Double> sizes = new ArrayList<>();
    private boolean nullable;
    private int times;
    private int wholes;
    private int flags;
    private int rows;

    Sample(String name) {
      this.name = name;
    }

    void add(String cell) {
      if (cell.isEmpty()) {
        nullable = true;
        return;
      }
      rows++;
      distinct.add(cell);
      times += Cells.time(cell).isPresent() ? 1 : 0;
      wholes += Cells.isWhole(cell) ? 1 : 0;
      flags += Cells.flag(cell).isPresent() ? 1 : 0;
      Cells.number(cell).ifPresent(number -> sizes.add(Math.abs(number)));
    }

    Column column() {
      double[] sorted = sizes.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      double median = sorted.length > 0 ? sorted[sorted.length / 2] : 0;
      return new Column(name, kind(), nullable, distinct.size(), rows, median);
    }

    /** A few cells may be wrong: 'produce' leaves their rows out. */
    private boolean nearlyAll(int count) {
      return count >= KIND_SHARE_MIN * rows;
    }

    private Kind kind() {
      if (rows == 0) {
        return Kind.TEXT;
      }
      // A number of ten digits may be a time, and may be a customer.
      boolean whole = wholes == sizes.size();
      if (nearlyAll(times) && (wholes == 0 || EPOCH.matcher(name).matches())) {
        return Kind.TIME;
      }
      if (flags == rows) {
        return Kind.FLAG;
      }
      if (nearlyAll(sizes.size())) {
        return whole ? Kind.WHOLE : Kind.NUMBER;
      }
      return Kind.TEXT;
    }
  }

  /** Names, for messages. */
  static String names(List<Column> columns) {
    return String.join(", ", columns.stream().map(Column::name).toList());
  }

  static List<String> words(String list) {
    return Arrays.stream(list.split(",")).map(String::strip).filter(w -> !w.isEmpty()).toList();
  }
}
