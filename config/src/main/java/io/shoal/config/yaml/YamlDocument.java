package io.shoal.config.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shoal.config.yaml.Problems.Position;
import java.io.StringReader;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** A YAML text as a JSON tree that remembers where each value stood, by JSON pointer. */
public final class YamlDocument {
  private static final int DEPTH_MAX = 64;
  private static final Position START = new Position(1, 1);

  private final Problems problems;
  private final Map<String, Position> keys = new HashMap<>();
  private final Map<String, Position> values = new HashMap<>();
  private final JsonNode root;

  private YamlDocument(@Nullable Node node, Problems problems) {
    this.problems = problems;
    this.root = node == null ? JsonNodeFactory.instance.nullNode() : convert(node, "", 0);
  }

  /**
   * Reads a text.
   *
   * @param problems collects what is wrong in it
   * @throws io.shoal.config.ConfigException when it is no YAML
   */
  public static YamlDocument parse(String text, Problems problems) {
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    try {
      return new YamlDocument(yaml.compose(new StringReader(text)), problems);
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark();
      throw problems.fatal(mark == null ? START : position(mark), String.valueOf(e.getProblem()));
    }
  }

  /** The tree. */
  public JsonNode root() {
    return root;
  }

  /** Where the value of this pointer stands, or what holds it. */
  public Position at(String pointer) {
    return nearest(values, pointer);
  }

  /** Where the key of this pointer stands, or what holds it. */
  public Position ofKey(String pointer) {
    return nearest(keys, pointer);
  }

  /** The pointer of a member of what this pointer points to. */
  public static String child(String pointer, String key) {
    return pointer + "/" + key.replace("~", "~0").replace("/", "~1");
  }

  private static Position nearest(Map<String, Position> positions, String pointer) {
    for (String p = pointer; ; p = p.substring(0, p.lastIndexOf('/'))) {
      Position found = positions.get(p);
      if (found != null) {
        return found;
      }
      if (p.isEmpty()) {
        return START;
      }
    }
  }

  private JsonNode convert(Node node, String pointer, int depth) {
    values.put(pointer, position(node.getStartMark()));
    if (depth > DEPTH_MAX) {
      throw problems.fatal(at(pointer), "nested too deep, or an anchor that holds itself");
    }
    if (node instanceof MappingNode mapping) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      for (NodeTuple tuple : mapping.getValue()) {
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
          throw problems.fatal(position(tuple.getKeyNode().getStartMark()), "a key must be a word");
        }
        String at = child(pointer, key.getValue());
        keys.put(at, position(key.getStartMark()));
        if (object.has(key.getValue())) {
          problems.add(ofKey(at), "'" + key.getValue() + "' stands here twice");
        }
        object.set(key.getValue(), convert(tuple.getValueNode(), at, depth + 1));
      }
      return object;
    }
    if (node instanceof SequenceNode sequence) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      for (Node element : sequence.getValue()) {
        array.add(convert(element, child(pointer, String.valueOf(array.size())), depth + 1));
      }
      return array;
    }
    return scalar((ScalarNode) node);
  }

  private static JsonNode scalar(ScalarNode node) {
    String text = node.getValue();
    JsonNodeFactory json = JsonNodeFactory.instance;
    try {
      if (node.getTag().equals(Tag.INT)) {
        return json.numberNode(Long.parseLong(text));
      }
      if (node.getTag().equals(Tag.FLOAT)) {
        return json.numberNode(Double.parseDouble(text));
      }
    } catch (NumberFormatException e) {
      return json.textNode(text); // octal, infinite, ...: no number that the schema knows
    }
    if (node.getTag().equals(Tag.BOOL)) {
      return json.booleanNode(Boolean.parseBoolean(text));
    }
    return node.getTag().equals(Tag.NULL) ? json.nullNode() : json.textNode(text);
  }

  private static Position position(Mark mark) {
    return new Position(mark.getLine() + 1, mark.getColumn() + 1);
  }
}
