package io.shoal.pipeline;

import io.shoal.jobs.TrainerConfig;
import io.shoal.registry.server.RegistryConfig;
import io.shoal.serving.SidecarConfig;
import java.util.Locale;
import org.apache.kafka.common.config.ConfigDef;

/** The services of a pipeline. */
public enum Service {
  /** Numbers and keeps models. */
  REGISTRY,
  /** Learns from the stream. */
  TRAINER,
  /** Scores the stream. */
  SIDECAR;

  /** Every option of the service. */
  ConfigDef options() {
    return switch (this) {
      case REGISTRY -> RegistryConfig.OPTIONS;
      case TRAINER -> TrainerConfig.options();
      case SIDECAR -> SidecarConfig.OPTIONS;
    };
  }

  /** As it is called on the command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
