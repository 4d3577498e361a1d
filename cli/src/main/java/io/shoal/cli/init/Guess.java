package io.shoal.cli.init;

import io.shoal.cli.init.Column.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Guesses what columns are to Shoal, by their names and values. */
public final class Guess {
  private static final List<String> TIME = List.of("time", "date", "at", "ts", "when");
  private static final List<String> LABEL = List.of("fraud", "chargeback", "label", "scam");

  /** Whose behaviour is learned, likeliest first. */
  private static final List<String> ACTOR =
      List.of(
          "customer",
          "card",
          "account",
          "user",
          "buyer",
          "client",
          "payer",
          "member",
          "sender",
          "device",
          "merchant",
          "shop",
          "store",
          "seller",
          "terminal");

  private static final List<String> OTHER =
      List.of(
          "merchant", "shop", "store", "seller", "terminal", "device", "payee", "receiver", "ip");

  private static final List<String> AMOUNT =
      List.of("amount", "total", "price", "value", "sum", "qty", "quantity", "cost");

  private static final int CATEGORY_VALUES_MAX = 300;
  private static final int OTHERS_MAX = 2;
  private static final int NUMBERS_MAX = 6;
  private static final int CATEGORIES_MAX = 4;

  private final List<Column> columns;

  /** Guesses about these columns. */
  public Guess(List<Column> columns) {
    this.columns = List.copyOf(columns);
  }

  /** The time of the event. */
  public Optional<String> time() {
    return best(c -> c.kind() == Kind.TIME, TIME)
        .or(() -> named(c -> c.rows() == 0 && c.kind() != Kind.FLAG, TIME));
  }

  /** What identifies an event. */
  public Optional<String> id(String time) {
    Predicate<Column> possible =
        c ->
            (c.kind() == Kind.TEXT || c.kind() == Kind.WHOLE)
                && !c.nullable()
                && !c.name().equals(time)
                && isId(c.name());
    return first(c -> possible.test(c) && c.isUnique())
        .or(() -> first(c -> possible.test(c) && c.rows() == 0));
  }

  /** What says whether it was a fraud. */
  public Optional<String> label() {
    return named(c -> c.kind() == Kind.FLAG, LABEL);
  }

  /** Whose behaviour is learned; likeliest first. */
  public List<String> entities(String time, @Nullable String id) {
    Predicate<Column> possible =
        c ->
            (c.kind() == Kind.TEXT || c.kind() == Kind.WHOLE)
                && !c.nullable()
                && !c.isUnique()
                && !c.name().equals(time)
                && !c.name().equals(id);
    Optional<String> actor =
        named(possible, ACTOR)
            .or(() -> first(c -> possible.test(c) && isId(c.name())))
            .or(
                () ->
                    columns.stream()
                        .filter(possible.and(c -> c.kind() == Kind.TEXT))
                        .max(Comparator.comparingInt(Column::distinct))
                        .map(Column::name));
    List<String> entities = new ArrayList<>();
    actor.ifPresent(entities::add);
    columns.stream()
        .filter(possible.and(c -> has(c.name(), OTHER)))
        .map(Column::name)
        .filter(name -> !entities.contains(name))
        .limit(OTHERS_MAX)
        .forEach(entities::add);
    return entities;
  }

  /** What is learned of each event; those whose names speak of amounts first. */
  public List<String> numbers(List<String> taken) {
    return columns.stream()
        .filter(c -> c.isNumber() && !taken.contains(c.name()) && !isId(c.name()))
        .sorted(Comparator.comparing((Column c) -> !has(c.name(), AMOUNT)))
        .map(Column::name)
        .limit(NUMBERS_MAX)
        .toList();
  }

  /** Whose different values are counted. */
  public List<String> categories(List<String> taken) {
    return columns.stream()
        .filter(c -> c.kind() == Kind.TEXT && !taken.contains(c.name()))
        .filter(c -> c.distinct() <= CATEGORY_VALUES_MAX && c.distinct() != 1 && !c.isUnique())
        .map(Column::name)
        .limit(CATEGORIES_MAX)
        .toList();
  }

  private Optional<String> best(Predicate<Column> possible, List<String> words) {
    return named(possible, words).or(() -> first(possible));
  }

  private Optional<String> named(Predicate<Column> possible, List<String> words) {
    for (String word : words) {
      Optional<String> found = first(possible.and(c -> has(c.name(), List.of(word))));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private Optional<String> first(Predicate<Column> possible) {
    return columns.stream().filter(possible).map(Column::name).findFirst();
  }

  /** Short words stand alone in a name, longer ones may be a part of it. */
  private static boolean has(String name, List<String> words) {
    String plain = name.toLowerCase(Locale.ROOT);
    List<String> parts = List.of(plain.split("_"));
    return words.stream().anyMatch(w -> w.length() <= 3 ? parts.contains(w) : plain.contains(w));
  }

  private static boolean isId(String name) {
    return name.toLowerCase(Locale.ROOT).matches("(.*_)?(id|uuid|guid|key|number|nr|no)")
        || name.endsWith("Id")
        || name.endsWith("ID");
  }
}
