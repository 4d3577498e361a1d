package io.shoal.cli.init;

import io.shoal.cli.table.Cells;
import io.shoal.config.ConfigException;
import io.shoal.config.Suggestions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the columns of events are to Shoal.
 *
 * @param id identifies an event; null: no column does, and whoever sends them numbers them
 * @param time when it happened
 * @param entities whose behaviour is learned; the first is the key of the messages
 * @param numbers what is learned of each event, such as an amount
 * @param categories whose number of different values is counted, such as a country
 * @param label says whether it was a fraud; null: none does
 */
public record Roles(
    @Nullable String id,
    String time,
    List<String> entities,
    List<String> numbers,
    List<String> categories,
    @Nullable String label) {

  /** Field of the id where no column has one. */
  public static final String MADE_ID = "record_id";

  /** Copies the lists. */
  public Roles {
    entities = List.copyOf(entities);
    numbers = List.copyOf(numbers);
    categories = List.copyOf(categories);
  }

  /** The field of the id. */
  public String idField() {
    return id == null ? MADE_ID : id;
  }

  /**
   * Checks them.
   *
   * @throws ConfigException with one line for each thing that is wrong
   */
  public void require(List<Column> columns) {
    List<String> problems = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (String name : all()) {
      if (columns.stream().noneMatch(c -> c.name().equals(name))) {
        problems.add(unknown(name, columns));
      } else if (!taken.add(name)) {
        problems.add("'" + name + "' is given twice; each column has one part");
      }
    }
    if (entities.isEmpty()) {
      problems.add("whose behaviour is to be learned? name a column, such as a customer or a card");
    }
    if (numbers.isEmpty()) {
      problems.add("there is no number to learn; name a column, such as an amount");
    }
    for (Column column : columns) {
      if (column.name().equals(time) && column.kind() != Column.Kind.TIME && column.rows() > 0) {
        problems.add(
            "'%s' is no time but %s; times are %s"
                .formatted(time, column.kind(), Cells.TIME_FORMS));
      }
      if (numbers.contains(column.name()) && !column.isNumber()) {
        problems.add("'%s' is no number but %s".formatted(column.name(), column.kind()));
      }
      if (column.name().equals(label) && column.kind() != Column.Kind.FLAG) {
        problems.add("'%s' is not true or false but %s".formatted(label, column.kind()));
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(String.join("\n", problems));
    }
  }

  private List<String> all() {
    List<String> all = new ArrayList<>();
    if (id != null) {
      all.add(id);
    }
    all.add(time);
    all.addAll(entities);
    all.addAll(numbers);
    all.addAll(categories);
    if (label != null) {
      all.add(label);
    }
    return all;
  }

  static String unknown(String name, List<Column> columns) {
    return "there is no column '%s'; %s"
        .formatted(
            name,
            Suggestions.nearest(name, columns.stream().map(Column::name).toList())
                .map(k -> "did you mean '" + k + "'?")
                .orElse("there are " + Columns.names(columns)));
  }
}
