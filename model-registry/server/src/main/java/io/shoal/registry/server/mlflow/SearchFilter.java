package io.shoal.registry.server.mlflow;

import io.shoal.registry.server.store.Search.Column;
import io.shoal.registry.server.store.Search.Comparator;
import io.shoal.registry.server.store.Search.Condition;
import io.shoal.registry.server.store.Search.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * MLflow's search language: comparisons joined by AND, such as {@code name LIKE 'card%' AND
 * tags.stage = 'test'}.
 */
final class SearchFilter {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:"
              + "(?<string>'[^']*'|\"[^\"]*\")"
              + "|(?<operator><=|>=|!=|<>|=|<|>|\\(|\\)|,)"
              + "|(?<word>(?:[^\\s'\"`<>=!(),]|`[^`]*`|\\.\"[^\"]*\")+)"
              + ")");
  private static final Pattern ORDER =
      Pattern.compile("\\s*[`\"]?(\\w+)[`\"]?(?:\\s+(ASC|DESC))?\\s*", Pattern.CASE_INSENSITIVE);
  private static final int LENGTH_MAX = 2_000;
  private static final int CONDITIONS_MAX = 20;
  private static final Map<String, Comparator> COMPARATORS =
      Map.ofEntries(
          Map.entry("=", Comparator.EQUAL),
          Map.entry("!=", Comparator.NOT_EQUAL),
          Map.entry("<>", Comparator.NOT_EQUAL),
          Map.entry("<", Comparator.LESS),
          Map.entry("<=", Comparator.LESS_OR_EQUAL),
          Map.entry(">", Comparator.GREATER),
          Map.entry(">=", Comparator.GREATER_OR_EQUAL),
          Map.entry("LIKE", Comparator.LIKE),
          Map.entry("ILIKE", Comparator.ILIKE),
          Map.entry("IN", Comparator.IN));
  private static final Set<Comparator> OF_TEXT =
      Set.of(
          Comparator.EQUAL, Comparator.NOT_EQUAL, Comparator.LIKE, Comparator.ILIKE, Comparator.IN);
  private static final Set<Comparator> OF_NUMBERS =
      Set.of(
          Comparator.EQUAL,
          Comparator.NOT_EQUAL,
          Comparator.LESS,
          Comparator.LESS_OR_EQUAL,
          Comparator.GREATER,
          Comparator.GREATER_OR_EQUAL,
          Comparator.IN);

  /**
   * What can be searched.
   *
   * @param columns by what they are called in a filter
   * @param orders by what they are called in an order
   */
  record Subject(Map<String, Column> columns, Map<String, Column> orders) {
    static final Subject MODELS =
        new Subject(
            Map.of("name", Column.MODEL),
            Map.of(
                "name", Column.MODEL,
                "creation_timestamp", Column.CREATED_AT,
                "last_updated_timestamp", Column.UPDATED_AT,
                "timestamp", Column.UPDATED_AT));
    static final Subject VERSIONS =
        new Subject(
            Map.of(
                "name", Column.MODEL,
                "version_number", Column.VERSION,
                "run_id", Column.RUN_ID,
                "source_path", Column.SOURCE),
            Map.of(
                "name", Column.MODEL,
                "version_number", Column.VERSION,
                "creation_timestamp", Column.REGISTERED_AT,
                "last_updated_timestamp", Column.UPDATED_AT));
  }

  private final String text;
  private final Subject subject;
  private final List<String> tokens = new ArrayList<>();
  private int next;

  private SearchFilter(String text, Subject subject) {
    this.text = text;
    this.subject = subject;
  }

  /**
   * The conditions of a filter; none for an empty one.
   *
   * @throws io.shoal.registry.server.store.RegistryException when it is not of the language
   */
  static List<Condition> parse(String filter, Subject subject) {
    if (filter.length() > LENGTH_MAX) {
      throw Arguments.invalid("a filter has at most " + LENGTH_MAX + " characters");
    }
    return filter.isBlank() ? List.of() : new SearchFilter(filter, subject).conditions();
  }

  /**
   * The columns of an order.
   *
   * @throws io.shoal.registry.server.store.RegistryException when one is not known
   */
  static List<Order> order(List<String> clauses, Subject subject) {
    List<Order> order = new ArrayList<>();
    for (String clause : clauses) {
      Matcher matcher = ORDER.matcher(clause);
      Column column = matcher.matches() ? subject.orders().get(matcher.group(1)) : null;
      if (column == null) {
        throw Arguments.invalid(
            "Invalid order_by clause '"
                + clause
                + "'; order by one of "
                + subject.orders().keySet().stream().sorted().toList()
                + ", with ASC or DESC");
      }
      order.add(new Order(column, "DESC".equalsIgnoreCase(matcher.group(2))));
    }
    return order;
  }

  private List<Condition> conditions() {
    tokenize();
    List<Condition> conditions = new ArrayList<>();
    do {
      conditions.add(condition());
      if (conditions.size() > CONDITIONS_MAX) {
        throw Arguments.invalid("a filter has at most " + CONDITIONS_MAX + " conditions");
      }
    } while (skip("AND"));
    if (next < tokens.size()) {
      throw wrong("expected AND, found " + tokens.get(next));
    }
    return conditions;
  }

  private void tokenize() {
    Matcher matcher = TOKEN.matcher(text.strip());
    int at = 0;
    while (at < matcher.regionEnd()) {
      matcher.region(at, text.strip().length());
      if (!matcher.lookingAt()) {
        throw wrong("cannot read it from '" + text.strip().substring(at) + "'");
      }
      tokens.add(matcher.group().strip());
      at = matcher.end();
    }
  }

  private Condition condition() {
    String name = take("a name");
    String tag = tag(name);
    Column column = subject.columns().get(name);
    if (tag.isEmpty() && column == null) {
      throw wrong(
          "Invalid attribute key '"
              + name
              + "'; there are "
              + subject.columns().keySet().stream().sorted().toList()
              + " and tags.KEY");
    }
    String operator = take("a comparison");
    Comparator comparator = COMPARATORS.get(operator.toUpperCase(Locale.ROOT));
    boolean number = column == Column.VERSION;
    if (comparator == null || !(number ? OF_NUMBERS : OF_TEXT).contains(comparator)) {
      throw wrong("Invalid comparison operator '" + operator + "' for " + name);
    }
    List<Object> values =
        comparator == Comparator.IN ? list(number) : List.of(value(take("a value"), number));
    return new Condition(column, tag.isEmpty() ? null : tag, comparator, values);
  }

  private List<Object> list(boolean number) {
    if (!skip("(")) {
      throw wrong("expected ( after IN");
    }
    List<Object> values = new ArrayList<>();
    do {
      values.add(value(take("a value"), number));
    } while (skip(","));
    if (!skip(")")) {
      throw wrong("expected ) after the list");
    }
    return values;
  }

  private Object value(String token, boolean number) {
    if (number) {
      try {
        return Long.parseLong(token);
      } catch (NumberFormatException e) {
        throw wrong("expected a whole number, found " + token);
      }
    }
    if (token.length() < 2 || (token.charAt(0) != '\'' && token.charAt(0) != '"')) {
      throw wrong("expected a quoted string value, found " + token);
    }
    return token.substring(1, token.length() - 1);
  }

  private static String tag(String name) {
    for (String prefix : List.of("tags.", "tag.")) {
      if (name.startsWith(prefix)) {
        return name.substring(prefix.length()).replaceAll("^[`\"]|[`\"]$", "");
      }
    }
    return "";
  }

  private String take(String what) {
    if (next == tokens.size()) {
      throw wrong("expected " + what + " at its end");
    }
    return tokens.get(next++);
  }

  private boolean skip(String token) {
    boolean found = next < tokens.size() && tokens.get(next).equalsIgnoreCase(token);
    next += found ? 1 : 0;
    return found;
  }

  private RuntimeException wrong(String problem) {
    return Arguments.invalid("Invalid filter '" + text + "': " + problem);
  }
}
