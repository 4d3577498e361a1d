package io.shoal.pipeline;

import io.shoal.config.ConfigException;
import io.shoal.config.ServiceConfig;
import io.shoal.jobs.TrainerConfig;
import io.shoal.registry.server.RegistryConfig;
import io.shoal.serving.SidecarConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Where one service of a pipeline runs, for what its file leaves open: the same file is right on
 * every machine, and in every container.
 *
 * @param data folder of its state
 * @param listen address on which it answers
 * @param advertise name under which other sidecars reach this one; empty where it is the address
 */
public record Placement(Path data, String listen, String advertise) {
  /** Where Flink's own reporter listens by default. */
  public static final int TRAINER_METRICS_PORT = 9_249;

  /**
   * The options of a service that runs alone.
   *
   * @throws ConfigException when the file is wrong, names no Kafka, or refers to what is not there
   */
  public Map<String, String> options(Path file, Service service) {
    Pipeline pipeline = Pipeline.read(file);
    if (!pipeline.hasKafka()) {
      throw new ConfigException(
          file
              + " says not where Kafka is: a service alone needs kafka's "
              + ServiceConfig.BOOTSTRAP_SERVERS
              + " and "
              + ServiceConfig.SCHEMA_REGISTRY_URL
              + " ('shoal run' brings a broker of its own)");
    }
    Map<String, String> options = new HashMap<>(pipeline.resolved(service));
    switch (service) {
      case REGISTRY -> {
        options.putIfAbsent(RegistryConfig.DATA_DIR, folder("registry").toString());
        options.putIfAbsent(RegistryConfig.HTTP_HOST, listen);
      }
      case TRAINER -> {
        options.putIfAbsent(TrainerConfig.CHECKPOINT_DIR, folder("checkpoints").toUri().toString());
        options.putIfAbsent(TrainerConfig.METRICS_PORT, String.valueOf(TRAINER_METRICS_PORT));
      }
      case SIDECAR -> {
        options.putIfAbsent(SidecarConfig.STATE_DIR, folder("sidecar").toString());
        options.putIfAbsent(SidecarConfig.HTTP_HOST, listen);
        if (!advertise.isEmpty()) {
          options.putIfAbsent(SidecarConfig.HTTP_ADVERTISED_HOST, advertise);
        }
      }
    }
    return options;
  }

  private Path folder(String name) {
    return data.resolve(name).toAbsolutePath();
  }
}
