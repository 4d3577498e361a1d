package io.shoal.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.shoal.config.ConfigException;
import io.shoal.config.References;
import io.shoal.config.ServiceConfig;
import io.shoal.config.yaml.Problems;
import io.shoal.config.yaml.Problems.Position;
import io.shoal.config.yaml.YamlDocument;
import io.shoal.config.yaml.YamlSchema;
import io.shoal.features.FeatureSet;
import io.shoal.jobs.TrainerConfig;
import io.shoal.serving.SidecarConfig;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigValue;
import org.jspecify.annotations.Nullable;

/** Reads a pipeline file into the options of each service. */
final class PipelineReader {
  private static final YamlSchema SCHEMA =
      new YamlSchema(
          PipelineSchema.RESOURCE,
          Map.of("const", "must be as in apiVersion: shoal/v1, kind: Pipeline"));

  /** Stands for what an embedded broker will say, and for secrets, where values are checked. */
  private static final String LATER = "later";

  private final Path file;
  private final Problems problems;
  private final YamlDocument document;
  private final Map<Service, SortedMap<String, String>> options = new EnumMap<>(Service.class);

  /** Where each option of a service came from, by its name. */
  private final Map<String, Position> positions = new HashMap<>();

  PipelineReader(String text, Path file) {
    this.file = file;
    this.problems = new Problems(file.toString());
    this.document = YamlDocument.parse(text, problems);
  }

  Pipeline read() {
    SCHEMA.check(document, problems);
    JsonNode root = document.root();
    String name = root.get("name").asText();
    String topicPrefix = root.path("topicPrefix").asText(name + ".");
    Optional<Path> features =
        Optional.ofNullable(root.get("features")).map(node -> features(node.asText()));
    for (Service service : Service.values()) {
      put(service, ServiceConfig.TOPIC_PREFIX, topicPrefix, "/topicPrefix");
    }
    features.ifPresent(
        path -> {
          put(Service.TRAINER, TrainerConfig.FEATURES_FILE, path.toString(), "/features");
          put(Service.SIDECAR, SidecarConfig.FEATURES_FILE, path.toString(), "/features");
        });
    for (Section section : Section.values()) {
      read(section, root.path(section.word()));
    }
    checkScaling(root.path("scaling"));
    JsonNode standbys = root.at("/scaling/standbys");
    if (!standbys.isMissingNode()) {
      put(Service.SIDECAR, SidecarConfig.STANDBY_REPLICAS, standbys.asText(), "/scaling/standbys");
    }
    for (Service service : Service.values()) {
      check(service);
    }
    problems.throwIfAny();
    return new Pipeline(
        name,
        topicPrefix,
        features,
        root.path("local").path("port").asInt(Pipeline.PORT_DEFAULT),
        options);
  }

  private Path features(String relative) {
    Path path = file.toAbsolutePath().resolveSibling(relative).normalize();
    try {
      FeatureSet.load(path);
    } catch (ConfigException e) {
      problems.add(document.at("/features"), String.valueOf(e.getMessage()));
    }
    return path;
  }

  private void read(Section section, JsonNode node) {
    node.properties()
        .forEach(
            field -> {
              String pointer = YamlDocument.child("/" + section.word(), field.getKey());
              Section.Entry entry = section.entries().get(field.getKey());
              String value = text(field.getValue());
              if (entry != null) {
                entry.services().forEach(s -> put(s, entry.definition().name, value, pointer));
              } else {
                requireReference(field.getKey(), value, pointer);
                for (Service service : Service.values()) {
                  put(service, ServiceConfig.KAFKA_PREFIX + field.getKey(), value, pointer);
                }
              }
            });
  }

  private void put(Service service, String option, String value, String pointer) {
    of(service).put(option, value);
    positions.put(option, document.at(pointer));
  }

  private SortedMap<String, String> of(Service service) {
    return options.computeIfAbsent(service, s -> new TreeMap<>());
  }

  /** Kafka's clients know which of their settings are secrets. */
  private void requireReference(String setting, String value, String pointer) {
    ConfigKey definition = AdminClientConfig.configDef().configKeys().get(setting);
    if (definition != null
        && definition.type == ConfigDef.Type.PASSWORD
        && !References.isIn(value)) {
      problems.add(
          document.at(pointer),
          "'%s' is a secret: refer to it by %s".formatted(setting, References.FORMS));
    }
  }

  private void checkScaling(JsonNode scaling) {
    int partitions =
        Integer.parseInt(
            of(Service.SIDECAR)
                .getOrDefault(
                    SidecarConfig.TOPIC_PARTITIONS,
                    String.valueOf(
                        SidecarConfig.OPTIONS
                            .defaultValues()
                            .get(SidecarConfig.TOPIC_PARTITIONS))));
    int min = scaling.path("min").asInt(1);
    int max = scaling.path("max").asInt(Math.max(1, min));
    if (max < min) {
      problems.add(document.at("/scaling/max"), "max %d is below min %d".formatted(max, min));
    }
    if (max > partitions) {
      problems.add(
          document.at("/scaling/max"),
          "%d sidecars cannot share %d partitions; raise kafka's topic.partitions or lower max"
              .formatted(max, partitions));
    }
  }

  /** Holds the values to the bounds that the service itself will hold them to. */
  private void check(Service service) {
    SortedMap<String, String> values = new TreeMap<>(of(service));
    values.replaceAll((option, value) -> References.isIn(value) ? LATER : value);
    values.putIfAbsent(ServiceConfig.BOOTSTRAP_SERVERS, LATER);
    values.putIfAbsent(ServiceConfig.SCHEMA_REGISTRY_URL, LATER);
    values.putIfAbsent(SidecarConfig.STATE_DIR, LATER);
    for (ConfigValue value : service.options().validate(known(service, values))) {
      for (String message : value.errorMessages()) {
        problems.add(position(value.name()), message);
      }
    }
    problems.throwIfAny();
    try {
      switch (service) {
        case TRAINER -> new TrainerConfig(known(service, values));
        case SIDECAR -> new SidecarConfig(known(service, values));
        case REGISTRY -> {}
      }
    } catch (ConfigException e) {
      problems.add(position(mentioned(service, e)), String.valueOf(e.getMessage()));
    }
  }

  private static Map<String, String> known(Service service, Map<String, String> values) {
    return values.entrySet().stream()
        .filter(value -> service.options().names().contains(value.getKey()))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static @Nullable String mentioned(Service service, ConfigException e) {
    return service.options().names().stream()
        .filter(option -> String.valueOf(e.getMessage()).contains(option))
        .findFirst()
        .orElse(null);
  }

  private Position position(@Nullable String option) {
    Position at = option == null ? null : positions.get(option);
    return at == null ? document.at("") : at;
  }

  private static String text(JsonNode node) {
    return node.isArray()
        ? StreamSupport.stream(node.spliterator(), false)
            .map(JsonNode::asText)
            .collect(Collectors.joining(","))
        : node.asText();
  }
}
