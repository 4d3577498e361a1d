package io.shoal.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shoal.config.References;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;

/**
 * Makes the JSON Schema of pipeline files out of the services' options, so that editors know every
 * one with its type, default, bounds and description.
 */
final class PipelineSchema {
  /** Where the published schema stands on the class path. */
  static final String RESOURCE = "/io/shoal/pipeline/pipeline.schema.json";

  /** How Kafka's {@code ConfigDef.Range} describes itself. */
  private static final Pattern RANGE =
      Pattern.compile("\\[(-?[0-9.E]+),\\.\\.\\.(?:,(-?[0-9.E]+))?]");

  private static final Pattern WORDS = Pattern.compile("\\[([^\\[\\].]*)]");

  /** What Kubernetes takes for a name, with room for what is put behind it. */
  private static final String NAME = "^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private PipelineSchema() {}

  static ObjectNode generate() {
    ObjectNode schema = JSON.objectNode();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("$id", "urn:shoal:pipeline");
    schema.put("title", "Shoal pipeline");
    object(
        schema,
        "A whole pipeline: where its Kafka is, what it learns, how it scores. Options keep the names of"
            + " docs/configuration.md.");
    schema.putArray("required").add("apiVersion").add("kind").add("name");
    ObjectNode properties = schema.withObject("/properties");
    properties.putObject("apiVersion").put("const", "shoal/v1");
    properties.putObject("kind").put("const", "Pipeline");
    properties
        .putObject("name")
        .put("type", "string")
        .put("pattern", NAME)
        .put("description", "lower-case letters, digits and -, starting with a letter, 40 at most");
    properties
        .putObject("topicPrefix")
        .put("type", "string")
        .put("description", "Put before every topic name; the name and a dot by default.");
    properties
        .putObject("features")
        .put("type", "string")
        .put("minLength", 1)
        .put(
            "description",
            "YAML file of the feature set (docs/features.md), relative to this file; without it the card"
                + " transactions of the demo.");
    for (Section section : Section.values()) {
      properties.set(section.word(), section(section));
    }
    ObjectNode local = object(properties.putObject("local"), "How it runs on one machine.");
    local
        .putObject("properties")
        .putObject("port")
        .put("type", "integer")
        .put("minimum", 1_024)
        .put("maximum", 65_000)
        .put("default", Pipeline.PORT_DEFAULT)
        .put(
            "description",
            "Port of its own broker where kafka names none; its schema registry, the model registry,"
                + " the sidecar and the trainer's metrics take the next four.");
    properties.set("resources", resources());
    properties.set("scaling", scaling());
    properties.set("kubernetes", KubernetesSchema.generate());
    return schema;
  }

  private static ObjectNode section(Section section) {
    ObjectNode node = object(JSON.objectNode(), section.description());
    if (section == Section.KAFKA) {
      node.putObject("additionalProperties")
          .putArray("type")
          .add("string")
          .add("number")
          .add("boolean");
    }
    ObjectNode properties = node.putObject("properties");
    section.entries().forEach((key, entry) -> properties.set(key, option(entry.definition())));
    return node;
  }

  private static ObjectNode option(ConfigKey definition) {
    ObjectNode node = JSON.objectNode();
    String bounds = definition.validator == null ? "" : definition.validator.toString();
    switch (definition.type) {
      case BOOLEAN -> node.put("type", "boolean");
      case INT, LONG, SHORT -> range(node.put("type", "integer"), bounds);
      case DOUBLE -> range(node.put("type", "number"), bounds);
      case LIST -> node.put("type", "array").putObject("items").put("type", "string");
      case PASSWORD ->
          node.put("type", "string")
              .put("pattern", "^\\$\\{(env|file|directory):[^}]+}$")
              .put("description", definition.documentation + " A reference: " + References.FORMS);
      default -> words(node.put("type", "string"), bounds);
    }
    if (definition.type != ConfigDef.Type.PASSWORD) {
      node.put("description", definition.documentation);
      if (definition.hasDefault() && definition.defaultValue != null) {
        node.set("default", JSON.pojoNode(definition.defaultValue));
      }
    }
    return node;
  }

  private static void range(ObjectNode node, String bounds) {
    Matcher matcher = RANGE.matcher(bounds);
    if (matcher.matches()) {
      node.set("minimum", number(matcher.group(1)));
      if (matcher.group(2) != null) {
        node.set("maximum", number(matcher.group(2)));
      }
    }
  }

  private static JsonNode number(String text) {
    double value = Double.parseDouble(text);
    return value == Math.rint(value) ? JSON.numberNode((long) value) : JSON.numberNode(value);
  }

  private static void words(ObjectNode node, String bounds) {
    Matcher matcher = WORDS.matcher(bounds);
    if (matcher.matches()) {
      var words = node.putArray("enum");
      Arrays.stream(matcher.group(1).split(", ?", -1)).forEach(words::add);
    }
  }

  private static ObjectNode resources() {
    ObjectNode node = object(JSON.objectNode(), "What each service may use, in Kubernetes' units.");
    for (Service service : Service.values()) {
      ObjectNode of = object(node.withObject("/properties/" + service.word()), "Of each instance.");
      ObjectNode properties = of.putObject("properties");
      properties
          .putObject("cpu")
          .put("type", "string")
          .put("pattern", "^[0-9]+(\\.[0-9]+|m)?$")
          .put("description", "cores such as '2' or '500m'");
      for (String bytes : new String[] {"memory", "disk"}) {
        properties
            .putObject(bytes)
            .put("type", "string")
            .put("pattern", "^[1-9][0-9]*(Mi|Gi|Ti)$")
            .put("description", "bytes such as 512Mi or 20Gi");
      }
    }
    return node;
  }

  private static ObjectNode scaling() {
    ObjectNode node = object(JSON.objectNode(), "How many sidecars share the work.");
    ObjectNode properties = node.putObject("properties");
    properties
        .putObject("min")
        .put("type", "integer")
        .put("minimum", 1)
        .put("maximum", 1_000)
        .put("default", 1)
        .put("description", "Sidecars that always run.");
    properties
        .putObject("max")
        .put("type", "integer")
        .put("minimum", 1)
        .put("maximum", 1_000)
        .put("default", 1)
        .put(
            "description",
            "Sidecars at most; more than kafka's topic.partitions would have nothing to do.");
    properties
        .putObject("lag")
        .put("type", "integer")
        .put("minimum", 1)
        .put("default", 10_000)
        .put("description", "Unread transactions for each sidecar past which one more is started.");
    properties
        .putObject("standbys")
        .put("type", "integer")
        .put("minimum", 0)
        .put("maximum", 10)
        .put("default", 0)
        .put("description", "Copies of each state on other sidecars, which take over in seconds.");
    return node;
  }

  static ObjectNode object(ObjectNode node, String description) {
    return node.put("type", "object")
        .put("description", description)
        .put("additionalProperties", false);
  }
}
