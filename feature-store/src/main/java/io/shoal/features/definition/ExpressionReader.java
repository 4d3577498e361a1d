package io.shoal.features.definition;

import com.fasterxml.jackson.databind.JsonNode;
import io.shoal.config.Suggestions;
import io.shoal.config.yaml.Problems;
import io.shoal.config.yaml.YamlDocument;
import io.shoal.features.definition.Expression.Apply;
import io.shoal.features.definition.Expression.Bucket;
import io.shoal.features.definition.Expression.Constant;
import io.shoal.features.definition.Expression.Field;
import io.shoal.features.definition.Expression.LocalTime;
import io.shoal.features.definition.Expression.SinceLast;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** Reads expressions of a document that the schema has passed. */
final class ExpressionReader {
  /** What a name stands for. */
  @FunctionalInterface
  interface Names {
    /** The expression; the pointer says where the name stands, for messages. */
    Expression resolve(String name, String pointer);
  }

  /** Stands where a problem was found, so that others are found too. */
  static final Expression UNKNOWN = new Constant(Double.NaN);

  private final YamlDocument document;
  private final Problems problems;
  private final Collection<String> entities;

  ExpressionReader(YamlDocument document, Problems problems, Collection<String> entities) {
    this.document = document;
    this.problems = problems;
    this.entities = entities;
  }

  Expression read(JsonNode node, String pointer, Names names) {
    if (node.isNumber()) {
      return new Constant(node.asDouble());
    }
    if (node.isTextual()) {
      return names.resolve(node.asText(), pointer);
    }
    String transform = node.fieldNames().next();
    JsonNode options = node.get(transform);
    return new Call(options, YamlDocument.child(pointer, transform), names).read(transform);
  }

  /** One transform with its options. */
  private final class Call {
    private final JsonNode options;
    private final String pointer;
    private final Names names;

    Call(JsonNode options, String pointer, Names names) {
      this.options = options;
      this.pointer = pointer;
      this.names = names;
    }

    Expression read(String transform) {
      return switch (transform) {
        case "field" -> new Field(options.asText());
        case "log1p" -> new Apply(Operation.LOG1P, List.of(whole()), 0, 0);
        case "ln" -> new Apply(Operation.LN, List.of(whole()), 0, 0);
        case "ratio" -> new Apply(Operation.RATIO, operands("of", "to"), number("floor", 0), 0);
        case "difference" -> new Apply(Operation.DIFFERENCE, operands("of", "minus"), 0, 0);
        case "clip" -> clip();
        case "zscore" ->
            new Apply(Operation.ZSCORE, operands("of", "mean", "std"), number("floor", 0), 0);
        case "hour" -> new Apply(Operation.HOUR, List.of(local()), 0, 0);
        case "weekend" -> new Apply(Operation.WEEKEND, List.of(local()), 0, 0);
        case "night" ->
            new Apply(Operation.NIGHT, List.of(local()), number("from", 0), number("to", 0));
        case "cyclic" ->
            new Apply(
                options.get("part").asText().equals("sin") ? Operation.SIN : Operation.COS,
                operands("of"),
                number("period", 0),
                0);
        case "hash" -> hash();
        case "distance" -> distance();
        case "since_last" -> sinceLast();
        case "default" -> new Apply(Operation.DEFAULT, operands("of"), number("value", 0), 0);
        default -> throw new IllegalStateException("the schema has let through " + transform);
      };
    }

    private Expression whole() {
      return ExpressionReader.this.read(options, pointer, names);
    }

    private List<Expression> operands(String... keys) {
      return Stream.of(keys).map(this::operand).toList();
    }

    private Expression operand(String key) {
      return ExpressionReader.this.read(options.get(key), YamlDocument.child(pointer, key), names);
    }

    private double number(String key, double otherwise) {
      return options.path(key).asDouble(otherwise);
    }

    private Expression clip() {
      double min = number("min", Double.NEGATIVE_INFINITY);
      double max = number("max", Double.POSITIVE_INFINITY);
      if (min > max) {
        problems.add(document.at(pointer), "min " + min + " is above max " + max);
      }
      return new Apply(Operation.CLIP, operands("of"), min, max);
    }

    private Expression hash() {
      int buckets = options.get("buckets").asInt();
      Expression bucket = new Bucket(options.get("field").asText(), buckets);
      if (!options.has("bucket")) {
        return bucket;
      }
      int one = options.get("bucket").asInt();
      if (one >= buckets) {
        problems.add(
            document.at(YamlDocument.child(pointer, "bucket")),
            "bucket %d is not one of 0 to %d".formatted(one, buckets - 1));
      }
      return new Apply(Operation.EQUALS, List.of(bucket), one, 0);
    }

    private Expression distance() {
      boolean plane = options.path("metric").asText("haversine").equals("euclidean");
      return new Apply(
          plane ? Operation.EUCLIDEAN : Operation.HAVERSINE,
          Stream.of("from", "to")
              .flatMap(
                  end ->
                      Stream.of(0, 1)
                          .map(
                              i ->
                                  ExpressionReader.this.read(
                                      options.get(end).get(i),
                                      YamlDocument.child(
                                          YamlDocument.child(pointer, end), String.valueOf(i)),
                                      names)))
              .toList(),
          0,
          0);
    }

    private Expression sinceLast() {
      String entity = options.asText();
      if (!entities.contains(entity)) {
        problems.add(document.at(pointer), unknown("entity", entity, entities));
      }
      return new SinceLast(entity);
    }

    private Expression local() {
      String zone = options.get("zone").asText();
      try {
        return new LocalTime(ZoneId.of(zone));
      } catch (DateTimeException e) {
        problems.add(
            document.at(YamlDocument.child(pointer, "zone")),
            unknown("time zone", zone, ZoneId.getAvailableZoneIds()));
        return UNKNOWN;
      }
    }
  }

  static String unknown(String what, String name, Collection<String> known) {
    return "unknown %s '%s'%s"
        .formatted(
            what,
            name,
            Suggestions.nearest(name, known)
                .map(k -> "; did you mean '" + k + "'?")
                .orElse(known.size() > 20 ? "" : "; known: " + String.join(", ", known)));
  }
}
