package io.shoal.cli.table;

import io.shoal.config.ConfigException;
import io.shoal.config.Suggestions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/** Makes Avro records of the rows of a table whose columns are named as the fields. */
public final class AvroRows {
  private static final int MADE = -1;
  private static final int DEFAULT = -2;

  private final Schema schema;
  private final int width;
  private final String name;
  private final List<Cell> cells = new ArrayList<>();

  /** Where a field comes from, and what it is. */
  private record Cell(Schema.Field field, int column, Schema type, boolean nullable) {}

  /**
   * Rows of a table with these columns.
   *
   * @param made field that is made up of the table's name and the line where no column has it
   * @param name of the table
   * @throws ConfigException when a field has neither a column nor a default, or cannot be in a
   *     table
   */
  public AvroRows(Schema schema, List<String> columns, String made, String name) {
    this.schema = schema;
    this.width = columns.size();
    this.name = name;
    List<String> problems = new ArrayList<>();
    for (Schema.Field field : schema.getFields()) {
      Schema type = withoutNull(field.schema());
      int column = columns.indexOf(field.name());
      if (column < 0 && field.name().equals(made)) {
        column = MADE;
      } else if (column < 0 && field.hasDefaultValue()) {
        column = DEFAULT;
      } else if (column < 0) {
        problems.add(missing(field.name(), columns));
      }
      cells.add(new Cell(field, column, type, field.schema().isNullable()));
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(String.join("\n", problems));
    }
  }

  /**
   * The record of a row.
   *
   * @param line of the file
   */
  public GenericRecord record(CSVRecord row, long line) throws MalformedRowException {
    if (row.size() != width) {
      throw new MalformedRowException(
          row.size() + " cells under " + width + " columns; is something to be put in quotes?");
    }
    GenericRecord record = new GenericData.Record(schema);
    for (Cell cell : cells) {
      record.put(cell.field().pos(), value(cell, row, line));
    }
    return record;
  }

  private @Nullable Object value(Cell cell, CSVRecord row, long line) throws MalformedRowException {
    if (cell.column() == MADE) {
      return name + ":" + line;
    }
    if (cell.column() == DEFAULT) {
      return GenericData.get().getDefaultValue(cell.field());
    }
    String text = row.get(cell.column()).strip();
    if (text.isEmpty() && cell.nullable()) {
      return null;
    }
    return parse(cell.type(), text)
        .orElseThrow(
            () ->
                new MalformedRowException(
                    "%s is '%s', it must be %s"
                        .formatted(cell.field().name(), text, words(cell.type()))));
  }

  private static Optional<?> parse(Schema type, String text) {
    LogicalType logical = type.getLogicalType();
    if (logical instanceof LogicalTypes.TimestampMillis) {
      return Cells.time(text);
    }
    if (logical instanceof LogicalTypes.TimestampMicros) {
      return Cells.time(text).map(ms -> ms * 1_000);
    }
    return switch (type.getType()) {
      case STRING -> text.isEmpty() ? Optional.empty() : Optional.of(text);
      case INT ->
          Cells.isWhole(text) && text.length() < 10
              ? Optional.of(Integer.parseInt(text))
              : Optional.empty();
      case LONG -> Cells.isWhole(text) ? Optional.of(Long.parseLong(text)) : Optional.empty();
      case FLOAT -> Cells.number(text).map(Double::floatValue);
      case DOUBLE -> Cells.number(text);
      case BOOLEAN -> Cells.flag(text);
      case ENUM ->
          type.hasEnumSymbol(text)
              ? Optional.of(new GenericData.EnumSymbol(type, text))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static String words(Schema type) {
    LogicalType logical = type.getLogicalType();
    if (logical instanceof LogicalTypes.TimestampMillis
        || logical instanceof LogicalTypes.TimestampMicros) {
      return "a time: " + Cells.TIME_FORMS;
    }
    return switch (type.getType()) {
      case STRING -> "some text";
      case INT, LONG -> "a whole number";
      case FLOAT, DOUBLE -> "a number, with a point";
      case BOOLEAN -> "true or false";
      case ENUM -> "one of " + String.join(", ", type.getEnumSymbols());
      default -> "of the type " + type.getType() + ", which no table can hold";
    };
  }

  private static Schema withoutNull(Schema type) {
    if (type.getType() != Schema.Type.UNION) {
      return type;
    }
    List<Schema> others =
        type.getTypes().stream().filter(t -> t.getType() != Schema.Type.NULL).toList();
    return others.size() == 1 ? others.get(0) : type;
  }

  private static String missing(String field, List<String> columns) {
    return "no column is named as the field '%s'; %s"
        .formatted(
            field,
            Suggestions.nearest(field, columns)
                .map(k -> "did you mean '" + k + "'?")
                .orElse("there are " + String.join(", ", columns)));
  }
}
