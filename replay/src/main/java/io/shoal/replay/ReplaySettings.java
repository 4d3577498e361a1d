package io.shoal.replay;

import io.shoal.config.ConfigException;
import io.shoal.config.ServiceConfig;
import io.shoal.config.Suggestions;
import io.shoal.features.FeatureSet;
import io.shoal.jobs.TrainerConfig;
import io.shoal.serving.ReviewPolicy;
import io.shoal.serving.SidecarConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigDef;

/**
 * The settings of a replay: those of the trainer and of the sidecar, under their names and with
 * their defaults. What concerns Kafka and folders is allowed and has no effect.
 */
public final class ReplaySettings {
  /** Stands where a service wants the address of something that a replay does not have. */
  private static final String UNUSED = "unused";

  private final Map<String, String> values;
  private final TrainerConfig trainer;
  private final SidecarConfig sidecar;

  /**
   * Checks the values.
   *
   * @throws ConfigException when one is unknown or out of bounds
   */
  public ReplaySettings(Map<String, String> values) {
    this.values = new TreeMap<>(values);
    ConfigDef trainerOptions = TrainerConfig.options();
    Set<String> known = new TreeSet<>(trainerOptions.names());
    known.addAll(SidecarConfig.OPTIONS.names());
    for (String key : values.keySet()) {
      if (!known.contains(key) && !key.startsWith(ServiceConfig.KAFKA_PREFIX)) {
        throw new ConfigException(
            "unknown option '%s'%s"
                .formatted(
                    key,
                    Suggestions.nearest(key, known)
                        .map(k -> "; did you mean '" + k + "'?")
                        .orElse("; docs/configuration.md has those of the trainer and sidecar")));
      }
    }
    this.trainer = new TrainerConfig(of(trainerOptions));
    this.sidecar = new SidecarConfig(of(SidecarConfig.OPTIONS));
  }

  /** The defaults. */
  public static ReplaySettings defaults() {
    return new ReplaySettings(Map.of());
  }

  /** These settings with some changed. */
  public ReplaySettings with(Map<String, String> changes) {
    Map<String, String> changed = new HashMap<>(values);
    changed.putAll(changes);
    return new ReplaySettings(changed);
  }

  /** What was set, by name, in the order of the names. */
  public Map<String, String> values() {
    return Map.copyOf(values);
  }

  /** Of the learner. */
  public TrainerConfig trainer() {
    return trainer;
  }

  /** Of the decisions. */
  public ReviewPolicy policy() {
    return new ReviewPolicy(
        sidecar.getDouble(SidecarConfig.REVIEW_SHARE),
        sidecar.getDouble(SidecarConfig.REVIEW_RISK));
  }

  /** The feature set. */
  public FeatureSet features() {
    return trainer.featureSet();
  }

  private Map<String, String> of(ConfigDef options) {
    Map<String, String> own = new HashMap<>();
    options.configKeys().values().stream()
        .filter(key -> !key.hasDefault())
        .forEach(key -> own.put(key.name, UNUSED));
    values.forEach(
        (key, value) -> {
          if (options.names().contains(key)) {
            own.put(key, value);
          }
        });
    return own;
  }
}
