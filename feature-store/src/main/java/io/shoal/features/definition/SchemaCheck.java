package io.shoal.features.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import io.shoal.config.Suggestions;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;

/** Holds a document to the published JSON Schema and says in plain words where it differs. */
final class SchemaCheck {
  private static final JsonSchema SCHEMA = load();

  private SchemaCheck() {}

  /**
   * @throws io.shoal.config.ConfigException with all differences
   */
  static void check(YamlDocument document, Problems problems) {
    for (ValidationMessage message : SCHEMA.validate(document.root())) {
      explain(message, document, problems);
    }
    problems.throwIfAny();
  }

  private static void explain(ValidationMessage message, YamlDocument document, Problems problems) {
    String pointer = message.getInstanceLocation().toString();
    switch (message.getType()) {
      case "additionalProperties" ->
          problems.add(
              document.ofKey(YamlDocument.child(pointer, message.getProperty())),
              unknownField(message));
      case "required" -> {
        if (!message.getEvaluationPath().toString().contains("/oneOf/")) {
          problems.add(document.at(pointer), "'" + message.getProperty() + "' is missing");
        }
      }
      case "pattern" ->
          problems.add(document.at(pointer), last(pointer) + " must be " + description(message));
      case "type" ->
          problems.add(
              document.at(pointer),
              "%s must be %s, here it is %s"
                  .formatted(
                      last(pointer),
                      types(message.getSchemaNode()),
                      kind(message.getInstanceNode())));
      case "enum" ->
          problems.add(
              document.at(pointer),
              "%s is none of %s%s"
                  .formatted(
                      message.getInstanceNode(),
                      String.join(", ", texts(message.getSchemaNode())),
                      hint(message.getInstanceNode().asText(), texts(message.getSchemaNode()))));
      case "oneOf" -> problems.add(document.at(pointer), "needs either 'name' or 'windows_of'");
      case "minProperties", "maxProperties" ->
          problems.add(document.at(pointer), last(pointer) + " must name exactly one transform");
      default -> problems.add(document.at(pointer), last(pointer) + " " + message.getError());
    }
  }

  private static String unknownField(ValidationMessage message) {
    JsonNode schema = SCHEMA.getSchemaNode().at(parent(message.getSchemaLocation()));
    List<String> known = new ArrayList<>();
    schema.path("properties").fieldNames().forEachRemaining(known::add);
    return "unknown field '%s'%s"
        .formatted(message.getProperty(), hint(message.getProperty(), known));
  }

  private static String description(ValidationMessage message) {
    JsonNode schema = SCHEMA.getSchemaNode().at(parent(message.getSchemaLocation()));
    return schema.path("description").asText("of the form " + schema.path("pattern").asText());
  }

  private static String hint(String word, List<String> known) {
    return Suggestions.nearest(word, known)
        .map(k -> "; did you mean '" + k + "'?")
        .orElse("; known: " + String.join(", ", known));
  }

  private static String parent(SchemaLocation location) {
    String fragment = location.getFragment().toString();
    return fragment.substring(0, fragment.lastIndexOf('/'));
  }

  private static String last(String pointer) {
    String name = pointer.substring(pointer.lastIndexOf('/') + 1);
    if (!name.isEmpty() && name.chars().allMatch(Character::isDigit)) {
      return "each of " + last(pointer.substring(0, pointer.lastIndexOf('/')));
    }
    return name.isEmpty() ? "the file" : "'" + name + "'";
  }

  private static String types(JsonNode schema) {
    return schema.isArray() ? String.join(" or ", texts(schema)) : schema.asText();
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  private static String kind(JsonNode node) {
    return node.getNodeType().name().toLowerCase(Locale.ROOT);
  }

  private static JsonSchema load() {
    try (InputStream in = SchemaCheck.class.getResourceAsStream(FeatureSetDefinition.SCHEMA)) {
      return JsonSchemaFactory.getInstance(VersionFlag.V202012)
          .getSchema(in, SchemaValidatorsConfig.builder().locale(Locale.ENGLISH).build());
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + FeatureSetDefinition.SCHEMA, e);
    }
  }
}
