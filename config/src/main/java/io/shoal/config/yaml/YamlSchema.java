package io.shoal.config.yaml;

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
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** Holds documents to a JSON Schema and says in plain words where they differ. */
public final class YamlSchema {
  private final JsonSchema schema;
  private final Map<String, String> wordings;

  /**
   * A schema of the class path.
   *
   * @param resource absolute name
   * @param wordings what to say where a keyword fails that has no plain words of its own, by
   *     keyword
   */
  public YamlSchema(String resource, Map<String, String> wordings) {
    this.schema = load(resource);
    this.wordings = Map.copyOf(wordings);
  }

  /**
   * Adds a line to the problems for each difference.
   *
   * @throws io.shoal.config.ConfigException when there are any
   */
  public void check(YamlDocument document, Problems problems) {
    for (ValidationMessage message : schema.validate(document.root())) {
      explain(message, document, problems);
    }
    problems.throwIfAny();
  }

  private void explain(ValidationMessage message, YamlDocument document, Problems problems) {
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
                      Suggestions.nearest(
                              message.getInstanceNode().asText(), texts(message.getSchemaNode()))
                          .map(word -> "; did you mean '" + word + "'?")
                          .orElse("")));
      default ->
          problems.add(
              document.at(pointer),
              last(pointer)
                  + " "
                  + wordings.getOrDefault(message.getType(), String.valueOf(message.getError())));
    }
  }

  private String unknownField(ValidationMessage message) {
    JsonNode parent = schema.getSchemaNode().at(parent(message.getSchemaLocation()));
    List<String> known = new ArrayList<>();
    parent.path("properties").fieldNames().forEachRemaining(known::add);
    String field = message.getProperty();
    return "unknown field '%s'%s"
        .formatted(
            field,
            section(field)
                .map(section -> "; it belongs into '" + section + "'")
                .orElseGet(() -> hint(field, known)));
  }

  /** The section of the document that has a field of this name. */
  private Optional<String> section(String field) {
    return schema.getSchemaNode().path("properties").properties().stream()
        .filter(section -> section.getValue().path("properties").has(field))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private String description(ValidationMessage message) {
    JsonNode parent = schema.getSchemaNode().at(parent(message.getSchemaLocation()));
    return parent.path("description").asText("of the form " + parent.path("pattern").asText());
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

  private static JsonSchema load(String resource) {
    try (InputStream in = YamlSchema.class.getResourceAsStream(resource)) {
      return JsonSchemaFactory.getInstance(VersionFlag.V202012)
          .getSchema(in, SchemaValidatorsConfig.builder().locale(Locale.ENGLISH).build());
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + resource, e);
    }
  }
}
