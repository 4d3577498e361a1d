package io.shoal.cli;

import io.shoal.config.ServiceConfig;
import io.shoal.features.FeatureSet;
import io.shoal.local.deployment.DeploymentStatus;
import io.shoal.local.deployment.Deployments;
import io.shoal.pipeline.Pipeline;
import io.shoal.pipeline.Service;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * A pipeline and where its parts are reached: as its file says, where it is deployed on this
 * machine, or on the ports that the file gives a broker of its own.
 */
final class PipelineOptions {
  private static final String LOOPBACK = "127.0.0.1:";

  @Parameters(
      index = "0",
      paramLabel = "PIPELINE",
      description = "The pipeline file, or the name of one that is deployed on this machine.")
  private Path file;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "Its Kafka, where the file does not tell.")
  private @Nullable String brokers;

  @Option(
      names = "--schema-registry",
      paramLabel = "URL",
      description = "Its schema registry, where the file does not tell.")
  private @Nullable String schemas;

  private @Nullable Pipeline pipeline;

  /**
   * The pipeline.
   *
   * @throws io.shoal.config.ConfigException when the file is wrong
   */
  Pipeline pipeline() {
    if (pipeline == null) {
      Deployments deployments = StateFolder.deployments();
      boolean isName = file.getNameCount() == 1 && deployments.has(file.toString());
      pipeline =
          isName && !file.toFile().exists()
              ? deployments.get(file.toString()).pipeline()
              : Pipeline.read(file);
    }
    return pipeline;
  }

  /** Its features. */
  FeatureSet features() {
    return pipeline().features().map(FeatureSet::load).orElseGet(FeatureSet::cardTransactions);
  }

  /** Where its Kafka is. */
  KafkaAddresses kafka() {
    Map<String, String> values = new HashMap<>(pipeline().resolved(Service.SIDECAR));
    DeploymentStatus.Addresses deployed = deployed();
    if (!pipeline().hasKafka()) {
      int port = pipeline().localPort();
      values.put(
          ServiceConfig.BOOTSTRAP_SERVERS,
          deployed == null ? LOOPBACK + port : deployed.bootstrapServers());
      values.put(
          ServiceConfig.SCHEMA_REGISTRY_URL,
          deployed == null
              ? "http://" + LOOPBACK + (port + 1) + "/apis/ccompat/v7"
              : deployed.schemaRegistryUrl());
    }
    if (brokers != null) {
      values.put(ServiceConfig.BOOTSTRAP_SERVERS, brokers);
    }
    if (schemas != null) {
      values.put(ServiceConfig.SCHEMA_REGISTRY_URL, schemas);
    }
    return KafkaAddresses.of(values);
  }

  /** Where its parts are when it runs in the background here; null when it does not. */
  DeploymentStatus.@Nullable Addresses deployed() {
    Deployments deployments = StateFolder.deployments();
    return deployments.has(pipeline().name())
        ? deployments.get(pipeline().name()).status().addresses()
        : null;
  }
}
