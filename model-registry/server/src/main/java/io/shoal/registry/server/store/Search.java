package io.shoal.registry.server.store;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * A search over models or versions: conditions that all hold, an order, and a page.
 *
 * @param order columns and their directions; what is left open goes by model and version
 * @param offset of the first row wanted
 */
public record Search(List<Condition> conditions, List<Order> order, int limit, long offset) {
  /** How a value is compared. */
  public enum Comparator {
    /** Equal. */
    EQUAL("="),
    /** Not equal. */
    NOT_EQUAL("<>"),
    /** Less. */
    LESS("<"),
    /** Less or equal. */
    LESS_OR_EQUAL("<="),
    /** Greater. */
    GREATER(">"),
    /** Greater or equal. */
    GREATER_OR_EQUAL(">="),
    /** A pattern with % and _. */
    LIKE("LIKE"),
    /** The same, whatever the case. */
    ILIKE("LIKE"),
    /** One of several. */
    IN("IN");

    private final String sql;

    Comparator(String sql) {
      this.sql = sql;
    }
  }

  /** A column of both tables or one, by which can be searched. */
  public enum Column {
    /** The model's name. */
    MODEL,
    /** The version's number. */
    VERSION,
    /** The job that made it. */
    RUN_ID,
    /** Where its artifact lies. */
    SOURCE,
    /** When the model was made. */
    CREATED_AT,
    /** When the version was numbered. */
    REGISTERED_AT,
    /** When it was changed last. */
    UPDATED_AT;

    private String sql() {
      return this == RUN_ID ? "t.job_id" : "t." + name();
    }
  }

  /**
   * A condition on a column or, with a tag's name, on a tag.
   *
   * @param values one, or several for {@link Comparator#IN}; strings or longs
   */
  public record Condition(
      @Nullable Column column, @Nullable String tag, Comparator comparator, List<Object> values) {}

  /** One column of the order. */
  public record Order(Column column, boolean descending) {}

  /** Copies the lists. */
  public Search {
    conditions = List.copyOf(conditions);
    order = List.copyOf(order);
  }

  <T> List<T> of(Class<T> row, String table, Handle handle) {
    boolean versions = table.equals("versions");
    List<String> where = new ArrayList<>();
    where.add(versions ? "t.state <> 'DELETED'" : "NOT t.deleted");
    for (int i = 0; i < conditions.size(); i++) {
      where.add(sql(conditions.get(i), "p" + i, versions ? "t.version" : "0"));
    }
    String ordered =
        order.stream()
            .map(o -> o.column().sql() + (o.descending() ? " DESC, " : " ASC, "))
            .collect(Collectors.joining());
    Query query =
        handle.createQuery(
            "SELECT "
                + (versions ? Rows.VERSION : Rows.MODEL)
                + " FROM "
                + table
                + " t WHERE "
                + String.join(" AND ", where)
                + " ORDER BY "
                + ordered
                + (versions ? ofModel() + ", t.version DESC" : "t.model")
                + " LIMIT :limit OFFSET :offset");
    query.bind("limit", limit).bind("offset", offset);
    for (int i = 0; i < conditions.size(); i++) {
      Condition condition = conditions.get(i);
      if (condition.tag() != null) {
        query.bind("t" + i, condition.tag());
      }
      if (condition.comparator() == Comparator.IN) {
        query.bindList("p" + i, condition.values());
      } else {
        query.bind("p" + i, condition.values().get(0));
      }
    }
    return query.mapTo(row).list();
  }

  /** Within one model its direction says nothing, and this one reads the key backwards. */
  private String ofModel() {
    boolean one =
        conditions.stream()
            .anyMatch(c -> c.column() == Column.MODEL && c.comparator() == Comparator.EQUAL);
    return one ? "t.model DESC" : "t.model";
  }

  private static String sql(Condition condition, String parameter, String version) {
    Column column = condition.column();
    if (column != null) {
      return compared(column.sql(), condition.comparator(), parameter);
    }
    return "EXISTS (SELECT 1 FROM tags g WHERE g.model = t.model AND g.version = "
        + version
        + " AND g.tag_key = :t"
        + parameter.substring(1)
        + " AND "
        + compared("g.tag_value", condition.comparator(), parameter)
        + ")";
  }

  private static String compared(String operand, Comparator comparator, String parameter) {
    // No escape character: MLflow's patterns have none.
    return switch (comparator) {
      case IN -> operand + " IN (<" + parameter + ">)";
      case LIKE -> operand + " LIKE :" + parameter + " ESCAPE ''";
      case ILIKE -> "LOWER(" + operand + ") LIKE LOWER(:" + parameter + ") ESCAPE ''";
      default -> operand + " " + comparator.sql + " :" + parameter;
    };
  }
}
