package io.shoal.registry.server.mlflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.QueryParams;
import io.shoal.registry.server.security.Caller;
import io.shoal.registry.server.store.Aliases.Reason;
import io.shoal.registry.server.store.Names;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.registry.server.store.RegistryException.Code;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a request says, in its address or in its body: MLflow's clients use both. */
final class Arguments {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int TEXT_MAX = 5_000;
  private static final int KEY_MAX = 250;

  private final QueryParams query;
  private final JsonNode body;
  private final Caller caller;
  private final String baseUrl;

  /**
   * @param baseUrl under which the caller reaches the registry
   * @throws RegistryException when the body is no JSON object
   */
  Arguments(QueryParams query, AggregatedHttpRequest request, Caller caller, String baseUrl) {
    this.query = query;
    this.body = body(request);
    this.caller = caller;
    this.baseUrl = baseUrl;
  }

  String baseUrl() {
    return baseUrl;
  }

  /** MLflow's API has no field for it. */
  Reason reason(String what) {
    String name = caller.name();
    return new Reason(name == null ? "mlflow" : name, what + " through MLflow's API");
  }

  /** A text that must be there. */
  String text(String name) {
    return optional(name)
        .filter(text -> !text.isBlank())
        .orElseThrow(() -> invalid("Missing value for required parameter '" + name + "'"));
  }

  /** A text, empty where there is none. */
  String textOrEmpty(String name) {
    return optional(name).orElse("");
  }

  /** The key of a tag. */
  String key() {
    String key = text("key");
    if (key.length() > KEY_MAX) {
      throw invalid("A tag's key has at most " + KEY_MAX + " characters");
    }
    return key;
  }

  /** The name of a model; what cannot be one is told apart from one that is not there. */
  String model() {
    return Names.requireModel(text("name"));
  }

  long version() {
    String text = text("version");
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw invalid("version must be a number, not '" + text + "'");
    }
  }

  int limit(String name, int otherwise, int max) {
    String text = textOrEmpty(name);
    try {
      int limit = text.isEmpty() ? otherwise : Integer.parseInt(text);
      if (limit >= 1 && limit <= max) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw invalid(name + " must be a number within 1.." + max + ", not '" + text + "'");
  }

  /** Texts of a list, from the body or from repeated parameters. */
  List<String> texts(String name) {
    JsonNode node = body.path(name);
    if (node.isMissingNode()) {
      return query.getAll(name);
    }
    List<String> texts = new ArrayList<>();
    node.forEach(entry -> texts.add(entry.asText()));
    return texts;
  }

  /** Tags as MLflow writes them: a list of objects with key and value. */
  Map<String, String> tags() {
    Map<String, String> tags = new LinkedHashMap<>();
    for (JsonNode tag : body.path("tags")) {
      String key = tag.path("key").asText();
      if (key.isEmpty() || key.length() > KEY_MAX) {
        throw invalid("each tag needs a key of 1 to " + KEY_MAX + " characters");
      }
      tags.put(key, checked("tags", tag.path("value").asText()));
    }
    return tags;
  }

  private Optional<String> optional(String name) {
    JsonNode node = body.path(name);
    if (node.isContainerNode()) {
      throw invalid("'" + name + "' must be a text");
    }
    @Nullable String text = node.isValueNode() && !node.isNull() ? node.asText() : query.get(name);
    return Optional.ofNullable(text).map(t -> checked(name, t));
  }

  private static String checked(String name, String text) {
    if (text.length() > TEXT_MAX) {
      throw invalid(
          "'" + name + "' has " + text.length() + " characters; " + TEXT_MAX + " at most");
    }
    return text;
  }

  private static JsonNode body(AggregatedHttpRequest request) {
    if (request.content().isEmpty()) {
      return JSON.createObjectNode();
    }
    try {
      JsonNode node = JSON.readTree(request.contentUtf8());
      if (node.isObject()) {
        return node;
      }
    } catch (JsonProcessingException e) {
      throw invalid("the body is no JSON: " + e.getOriginalMessage());
    }
    throw invalid("the body must be a JSON object");
  }

  static RegistryException invalid(String message) {
    return new RegistryException(Code.INVALID_PARAMETER_VALUE, message);
  }
}
