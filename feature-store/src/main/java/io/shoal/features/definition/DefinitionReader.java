package io.shoal.features.definition;

import com.fasterxml.jackson.databind.JsonNode;
import io.shoal.config.yaml.Problems;
import io.shoal.config.yaml.YamlDocument;
import io.shoal.features.definition.FeatureSetDefinition.Entity;
import io.shoal.features.definition.FeatureSetDefinition.Feature;
import io.shoal.features.definition.FeatureSetDefinition.Source;
import io.shoal.features.definition.FeatureSetDefinition.TimeUnit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads a document that the schema has passed: resolves names, finds cycles and contradictions. */
final class DefinitionReader {
  private record Declared(JsonNode node, String pointer) {}

  private final YamlDocument document;
  private final Problems problems;
  private final ExpressionReader expressions;
  private final Map<String, Duration> hops = new LinkedHashMap<>();
  private final Map<String, List<String>> windows = new LinkedHashMap<>();

  /** Values and features that have an expression of their own. */
  private final Map<String, Declared> declared = new LinkedHashMap<>();

  private final Map<String, Expression> resolved = new HashMap<>();
  private final Set<String> resolving = new LinkedHashSet<>();

  DefinitionReader(YamlDocument document, Problems problems) {
    this.document = document;
    this.problems = problems;
    this.expressions = new ExpressionReader(document, problems, hops.keySet());
  }

  /**
   * @throws io.shoal.config.ConfigException when something does not fit together
   */
  FeatureSetDefinition read() {
    JsonNode root = document.root();
    List<Entity> entities = readEntities(root.get("entities"));
    readAggregates(root.path("aggregates"));
    root.path("values")
        .properties()
        .forEach(v -> declare(v.getKey(), v.getValue(), YamlDocument.child("/values", v.getKey())));
    JsonNode features = root.get("features");
    for (int i = 0; i < features.size(); i++) {
      if (features.get(i).has("value")) {
        String pointer = "/features/" + i;
        declare(
            features.get(i).get("name").asText(), features.get(i).get("value"), pointer + "/value");
      }
    }
    List<Feature> vector = readFeatures(features);
    List<String> modelFeatures = readModelFeatures(root.path("model_features"), vector);
    problems.throwIfAny();
    return new FeatureSetDefinition(
        root.get("name").asText(), readSource(root.get("source")), entities, vector, modelFeatures);
  }

  private static Source readSource(JsonNode source) {
    String topic = source.get("topic").asText();
    return new Source(
        topic,
        source.path("subject").asText(topic + "-value"),
        source.get("id").asText(),
        source.get("event_time").asText(),
        TimeUnit.valueOf(
            source.path("event_time_unit").asText("milliseconds").toUpperCase(Locale.ROOT)));
  }

  private List<Entity> readEntities(JsonNode node) {
    List<Entity> entities = new ArrayList<>();
    node.properties()
        .forEach(
            entity -> {
              hops.put(
                  entity.getKey(),
                  AggregateReader.duration(entity.getValue(), "hop", Duration.ofHours(1)));
              entities.add(new Entity(entity.getKey(), entity.getValue().get("key").asText()));
            });
    return entities;
  }

  private void readAggregates(JsonNode node) {
    AggregateReader reader = new AggregateReader(document, problems, expressions, hops);
    node.properties()
        .forEach(
            aggregate -> {
              String pointer = YamlDocument.child("/aggregates", aggregate.getKey());
              Map<String, Expression> named =
                  reader.read(aggregate.getKey(), aggregate.getValue(), pointer);
              windows.put(aggregate.getKey(), List.copyOf(named.keySet()));
              named.forEach(
                  (name, value) -> {
                    if (resolved.put(name, value) != null) {
                      problems.add(document.ofKey(pointer), "'" + name + "' is declared twice");
                    }
                  });
            });
  }

  private void declare(String name, JsonNode node, String pointer) {
    if (resolved.containsKey(name) || declared.put(name, new Declared(node, pointer)) != null) {
      problems.add(document.at(pointer), "'" + name + "' is declared twice");
    }
  }

  private List<Feature> readFeatures(JsonNode features) {
    List<Feature> vector = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    for (int i = 0; i < features.size(); i++) {
      JsonNode feature = features.get(i);
      boolean several = feature.has("windows_of");
      String pointer = "/features/" + i + (several ? "/windows_of" : "/name");
      for (String name :
          several ? windowsOf(feature, pointer) : List.of(feature.get("name").asText())) {
        if (!names.add(name)) {
          problems.add(document.at(pointer), "the feature '" + name + "' stands here twice");
        }
        vector.add(
            new Feature(
                name,
                resolve(name, pointer),
                feature.path("missing").asDouble(0),
                (float) feature.get("resolution").asDouble()));
      }
    }
    return vector;
  }

  private List<String> windowsOf(JsonNode feature, String pointer) {
    String aggregate = feature.get("windows_of").asText();
    List<String> names = windows.get(aggregate);
    if (names == null) {
      problems.add(
          document.at(pointer), ExpressionReader.unknown("aggregate", aggregate, windows.keySet()));
      return List.of();
    }
    return names;
  }

  private List<String> readModelFeatures(JsonNode node, List<Feature> vector) {
    List<String> names = vector.stream().map(Feature::name).toList();
    if (node.isMissingNode()) {
      return names;
    }
    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < node.size(); i++) {
      String name = node.get(i).asText();
      if (!names.contains(name)) {
        problems.add(
            document.at("/model_features/" + i), ExpressionReader.unknown("feature", name, names));
      }
      chosen.add(name);
    }
    return chosen;
  }

  private Expression resolve(String name, String pointer) {
    Expression known = resolved.get(name);
    if (known != null) {
      return known;
    }
    Declared own = declared.get(name);
    if (own == null) {
      Set<String> all = new LinkedHashSet<>(declared.keySet());
      all.addAll(resolved.keySet());
      problems.add(
          document.at(pointer),
          ExpressionReader.unknown("name", name, all)
              + " (a field of the record is {field: NAME})");
      return ExpressionReader.UNKNOWN;
    }
    if (!resolving.add(name)) {
      List<String> cycle = new ArrayList<>(resolving);
      problems.add(
          document.at(pointer),
          "a cycle: "
              + String.join(" -> ", cycle.subList(cycle.indexOf(name), cycle.size()))
              + " -> "
              + name);
      return ExpressionReader.UNKNOWN;
    }
    Expression value = expressions.read(own.node, own.pointer, this::resolve);
    resolving.remove(name);
    resolved.put(name, value);
    return value;
  }
}
