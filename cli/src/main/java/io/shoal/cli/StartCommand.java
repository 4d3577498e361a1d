package io.shoal.cli;

import io.shoal.config.ConfigException;
import io.shoal.config.ServiceConfig;
import io.shoal.jobs.LocalTrainer;
import io.shoal.pipeline.Pipeline;
import io.shoal.pipeline.Placement;
import io.shoal.pipeline.Service;
import io.shoal.registry.server.ModelRegistryServer;
import io.shoal.serving.Sidecar;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs one service against a Kafka of the user's. */
@Command(
    name = "start",
    description = "Runs one service against your Kafka, until it is told to stop.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "SERVICE",
    commandListHeading = "Services:%n")
final class StartCommand {
  /** Where a service's options stand. */
  static final class Source {
    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "Its properties file; docs/configuration.md has all options.")
    private @Nullable Path config;

    @Option(
        names = "--pipeline",
        paramLabel = "FILE",
        description = "A pipeline file (docs/pipelines.md), of which it takes its sections.")
    private @Nullable Path pipeline;
  }

  /** What every service takes. */
  static final class ServiceOptions {
    @ArgGroup(multiplicity = "1")
    private Source source = new Source();

    @Option(
        names = "--data-dir",
        paramLabel = "DIR",
        defaultValue = "${env:SHOAL_DATA_DIR:-shoal-data}",
        description =
            "With --pipeline: folder of its state, unless the file says otherwise. Default: SHOAL_DATA_DIR, or shoal-data here.")
    private Path dataDir = Path.of("shoal-data");

    @Option(
        names = "--listen",
        paramLabel = "ADDRESS",
        defaultValue = "${env:SHOAL_LISTEN:-127.0.0.1}",
        description =
            "With --pipeline: address on which it answers, unless the file says otherwise. Default: SHOAL_LISTEN, or loopback.")
    private String listen = "127.0.0.1";

    @Option(
        names = "--advertise",
        paramLabel = "NAME",
        defaultValue = "${env:SHOAL_ADVERTISE:-}",
        description =
            "With --pipeline: where other sidecars reach this one, unless the file says otherwise. Default: SHOAL_ADVERTISE.")
    private String advertise = "";

    @Option(
        names = "--write-config",
        paramLabel = "FILE",
        description =
            "With --pipeline: write the service's properties file and start nothing; a Flink cluster's job takes it.")
    private @Nullable Path writeConfig;

    @Mixin private LogOptions log = new LogOptions();

    /** Starts the service, or writes what it would be told. */
    void run(Service service, Starter starter) throws Exception {
      log.toConsole();
      if (writeConfig == null) {
        starter.start(of(service));
        return;
      }
      if (source.pipeline == null) {
        throw new ConfigException("--write-config writes what a --pipeline says");
      }
      Properties properties = new Properties();
      properties.putAll(Pipeline.read(source.pipeline).options(service));
      try (Writer writer = Files.newBufferedWriter(writeConfig)) {
        properties.store(writer, service.word() + " of " + source.pipeline);
      } catch (IOException e) {
        throw new ConfigException("cannot write " + writeConfig + ": " + e, e);
      }
    }

    private Supplier<Map<String, String>> of(Service service) {
      Path properties = source.config;
      Path pipeline = source.pipeline;
      if (pipeline != null) {
        return () -> new Placement(dataDir, listen, advertise).options(pipeline, service);
      }
      if (properties == null) {
        throw new IllegalStateException("one of the two is required");
      }
      return () -> ServiceConfig.load(properties);
    }
  }

  /** How a service is run. */
  @FunctionalInterface
  private interface Starter {
    void start(Supplier<Map<String, String>> options) throws Exception;
  }

  @Command(
      description = "Numbers and keeps models, says which one is the champion (HTTP).",
      mixinStandardHelpOptions = true)
  void registry(@Mixin ServiceOptions options) throws Exception {
    options.run(Service.REGISTRY, ModelRegistryServer::run);
  }

  @Command(
      description = "Learns from the stream and publishes models (Flink).",
      mixinStandardHelpOptions = true)
  void trainer(@Mixin ServiceOptions options) throws Exception {
    options.run(Service.TRAINER, LocalTrainer::run);
  }

  @Command(
      description = "Computes features and scores every transaction (Kafka Streams).",
      mixinStandardHelpOptions = true)
  void sidecar(@Mixin ServiceOptions options) throws Exception {
    options.run(Service.SIDECAR, Sidecar::run);
  }
}
