package io.shoal.features;

import io.shoal.config.Suggestions;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/** A field of a record, or of the records in it: {@code card.country}. */
public final class FieldPath {
  private final String name;
  private final int[] positions;
  private final @Nullable Schema type;

  private FieldPath(String name, int[] positions, @Nullable Schema type) {
    this.name = name;
    this.positions = positions;
    this.type = type;
  }

  /**
   * Looks a path up.
   *
   * @param problems what is wrong with it is added here, a sentence that names the nearest field
   */
  public static FieldPath of(Schema schema, String name, List<String> problems) {
    String[] steps = name.split("[.]", -1);
    int[] positions = new int[steps.length];
    Schema current = schema;
    for (int i = 0; i < steps.length; i++) {
      if (current.getType() != Schema.Type.RECORD) {
        problems.add("'%s': %s is no record".formatted(name, current.getName()));
        return new FieldPath(name, positions, null);
      }
      Schema.Field field = current.getField(steps[i]);
      if (field == null) {
        problems.add(unknown(name, steps[i], current));
        return new FieldPath(name, positions, null);
      }
      positions[i] = field.pos();
      current = withoutNull(field.schema());
    }
    return new FieldPath(name, positions, current);
  }

  /** Steps with dots between them. */
  public String name() {
    return name;
  }

  /** Of its values, without null; null when there is no such field. */
  public @Nullable Schema type() {
    return type;
  }

  /** The field's value in a record of the schema; null also where a record on the way is. */
  public @Nullable Object value(IndexedRecord record) {
    Object value = record;
    for (int position : positions) {
      if (!(value instanceof IndexedRecord inner)) {
        return null;
      }
      value = inner.get(position);
    }
    return value;
  }

  private static Schema withoutNull(Schema schema) {
    if (schema.getType() != Schema.Type.UNION) {
      return schema;
    }
    List<Schema> others =
        schema.getTypes().stream().filter(s -> s.getType() != Schema.Type.NULL).toList();
    return others.size() == 1 ? others.get(0) : schema;
  }

  private static String unknown(String path, String step, Schema record) {
    List<String> known = record.getFields().stream().map(Schema.Field::name).toList();
    return "there is no field '%s'%s"
        .formatted(
            path,
            Suggestions.nearest(step, known)
                .map(k -> "; did you mean '" + k + "'?")
                .orElse("; " + record.getName() + " has " + String.join(", ", known)));
  }
}
