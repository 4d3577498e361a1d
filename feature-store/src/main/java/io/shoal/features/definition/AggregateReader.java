package io.shoal.features.definition;

import com.fasterxml.jackson.databind.JsonNode;
import io.shoal.config.yaml.Problems;
import io.shoal.config.yaml.YamlDocument;
import io.shoal.features.definition.Aggregate.Function;
import io.shoal.features.definition.Expression.Aggregated;
import io.shoal.features.definition.Expression.Apply;
import io.shoal.features.definition.Expression.Field;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the aggregates of a document that the schema has passed. */
final class AggregateReader {
  private static final Duration LONGEST_WINDOW = Duration.ofDays(90);
  private static final int HOPS_MAX = 20_000;
  private static final Set<Function> WITHOUT_OPERAND =
      EnumSet.of(Function.COUNT, Function.FIRST_SEEN, Function.RATE);
  private static final Set<Function> OVER_LABELS = EnumSet.of(Function.COUNT, Function.RATE);

  private final YamlDocument document;
  private final Problems problems;
  private final ExpressionReader expressions;
  private final Map<String, Duration> hops;

  /**
   * @param hops of the entities, by name
   */
  AggregateReader(
      YamlDocument document,
      Problems problems,
      ExpressionReader expressions,
      Map<String, Duration> hops) {
    this.document = document;
    this.problems = problems;
    this.expressions = expressions;
    this.hops = hops;
  }

  /** What the names of an aggregate's windows, such as {@code customer_count_7d}, stand for. */
  Map<String, Expression> read(String name, JsonNode node, String pointer) {
    String entity = node.get("entity").asText();
    Duration entityHop = hops.get(entity);
    if (entityHop == null) {
      problems.add(
          document.at(YamlDocument.child(pointer, "entity")),
          ExpressionReader.unknown("entity", entity, hops.keySet()));
      entityHop = Duration.ofHours(1);
    }
    Function function = Function.valueOf(node.get("function").asText().toUpperCase(Locale.ROOT));
    Duration hop = duration(node, "hop", entityHop);
    Duration delay = duration(node, "delay", Duration.ZERO);
    boolean labels = node.path("over").asText().equals("labels");
    if (labels && !OVER_LABELS.contains(function)) {
      problems.add(
          document.at(YamlDocument.child(pointer, "function")),
          "over labels there are count and rate, no " + node.get("function").asText());
    }
    Expression of = operand(node, pointer, function);
    Aggregate aggregate = new Aggregate(entity, function, of, labels, delay, hop);
    Map<String, Expression> named = new LinkedHashMap<>();
    for (int i = 0; i < node.get("windows").size(); i++) {
      String window = node.get("windows").get(i).asText();
      checkWindow(parse(window), delay, hop, pointer + "/windows/" + i);
      Expression value = new Aggregated(aggregate, parse(window));
      if (node.has("missing")) {
        value = new Apply(Operation.DEFAULT, List.of(value), node.get("missing").asDouble(), 0);
      }
      named.put(name + "_" + window, value);
    }
    return named;
  }

  private void checkWindow(Duration window, Duration delay, Duration hop, String pointer) {
    if (window.compareTo(LONGEST_WINDOW) > 0) {
      problems.add(document.at(pointer), "windows are 90d at most");
    }
    if (window.compareTo(hop) < 0) {
      problems.add(
          document.at(pointer),
          "the window is shorter than its hop of %s; declare a smaller hop".formatted(text(hop)));
    }
    if (window.plus(delay).dividedBy(hop) > HOPS_MAX) {
      problems.add(
          document.at(pointer),
          "window and delay are more than %,d hops of %s; declare a larger hop"
              .formatted(HOPS_MAX, text(hop)));
    }
  }

  private @Nullable Expression operand(JsonNode node, String pointer, Function function) {
    String at = YamlDocument.child(pointer, "of");
    if (WITHOUT_OPERAND.contains(function)) {
      if (node.has("of")) {
        problems.add(document.at(at), function(function) + " has no 'of': it is of events");
      }
      return null;
    }
    if (!node.has("of")) {
      problems.add(document.at(pointer), function(function) + " needs 'of', what it is of");
      return null;
    }
    Expression of =
        expressions.read(
            node.get("of"),
            at,
            (name, pointerOfName) -> {
              problems.add(
                  document.at(pointerOfName),
                  "an aggregate is of the record alone; write {field: NAME} instead of '"
                      + name
                      + "'");
              return ExpressionReader.UNKNOWN;
            });
    if (function == Function.DISTINCT && !(of instanceof Field)) {
      problems.add(document.at(at), "distinct is of a field: {field: NAME}");
    }
    if (dependsOnState(of)) {
      problems.add(document.at(at), "an aggregate is of the record alone, without since_last");
    }
    return of;
  }

  private static boolean dependsOnState(Expression expression) {
    return expression instanceof Expression.SinceLast
        || expression.operands().stream().anyMatch(AggregateReader::dependsOnState);
  }

  private static String function(Function function) {
    return function.name().toLowerCase(Locale.ROOT);
  }

  static Duration duration(JsonNode node, String key, Duration otherwise) {
    return node.has(key) ? parse(node.get(key).asText()) : otherwise;
  }

  private static Duration parse(String text) {
    long amount = Long.parseLong(text.substring(0, text.length() - 1));
    return switch (text.charAt(text.length() - 1)) {
      case 'd' -> Duration.ofDays(amount);
      case 'h' -> Duration.ofHours(amount);
      default -> Duration.ofMinutes(amount);
    };
  }

  private static String text(Duration duration) {
    if (duration.toMinutes() % 60 != 0) {
      return duration.toMinutes() + "m";
    }
    return duration.toHours() % 24 == 0 ? duration.toDays() + "d" : duration.toHours() + "h";
  }
}
