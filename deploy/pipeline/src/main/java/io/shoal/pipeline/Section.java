package io.shoal.pipeline;

import static io.shoal.config.ServiceConfig.BOOTSTRAP_SERVERS;
import static io.shoal.config.ServiceConfig.SCHEMA_REGISTRY_URL;

import io.shoal.config.ServiceConfig;
import io.shoal.jobs.TrainerConfig;
import io.shoal.serving.SidecarConfig;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;

/**
 * The sections of a pipeline file that hold options of services. An option keeps the name that it
 * has in the service's own properties file, less the section's prefix.
 */
enum Section {
  KAFKA(
      "",
      "Where Kafka and the schema registry are. What is no option here goes to every Kafka client."),
  MODEL("model.", "What is learned."),
  TRAINING("", "How it is learned: the options of the trainer."),
  LABELS("", "How scores wait for what turns out to be true."),
  SERVING("", "How transactions are scored: the options of the sidecar."),
  REGISTRY("", "How versions are kept and promoted: the options of the model registry.");

  /**
   * An option in a section.
   *
   * @param key as the file has it
   * @param definition as the services have it
   * @param services that take it
   */
  record Entry(String key, ConfigKey definition, Set<Service> services) {}

  /** Options that the file gives in another way. */
  private static final Set<String> DERIVED =
      Set.of(TrainerConfig.FEATURES_FILE, ServiceConfig.TOPIC_PREFIX);

  private static final Set<String> SHARED =
      Set.of(
          BOOTSTRAP_SERVERS,
          SCHEMA_REGISTRY_URL,
          SidecarConfig.TOPIC_PARTITIONS,
          SidecarConfig.TOPIC_REPLICATION);

  private static final Map<Section, SortedMap<String, Entry>> ENTRIES = entriesOfAll();

  private final String prefix;
  private final String description;

  Section(String prefix, String description) {
    this.prefix = prefix;
    this.description = description;
  }

  /** Its key in the file. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  String description() {
    return description;
  }

  /** The options in it, by their key in the file. */
  SortedMap<String, Entry> entries() {
    return ENTRIES.getOrDefault(this, new TreeMap<>());
  }

  private static Section of(Service service, String option) {
    if (SHARED.contains(option)) {
      return KAFKA;
    }
    if (service == Service.REGISTRY) {
      return REGISTRY;
    }
    if (option.startsWith(MODEL.prefix)) {
      return MODEL;
    }
    if (option.startsWith("ledger.") || option.startsWith("label.")) {
      return LABELS;
    }
    return service == Service.TRAINER ? TRAINING : SERVING;
  }

  private static Map<Section, SortedMap<String, Entry>> entriesOfAll() {
    Map<Section, SortedMap<String, Entry>> all = new TreeMap<>();
    for (Service service : Service.values()) {
      for (ConfigKey definition : service.options().configKeys().values()) {
        if (DERIVED.contains(definition.name)) {
          continue;
        }
        Section section = of(service, definition.name);
        String key = definition.name.substring(section.prefix.length());
        all.computeIfAbsent(section, s -> new TreeMap<>())
            .merge(key, new Entry(key, definition, EnumSet.of(service)), Section::joined);
      }
    }
    return all;
  }

  private static Entry joined(Entry a, Entry b) {
    Set<Service> services = EnumSet.copyOf(a.services());
    services.addAll(b.services());
    return new Entry(a.key(), a.definition(), services);
  }
}
