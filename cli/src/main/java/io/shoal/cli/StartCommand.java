package io.shoal.cli;

import io.shoal.jobs.LocalTrainer;
import io.shoal.registry.server.ModelRegistryServer;
import io.shoal.serving.Sidecar;
import java.nio.file.Path;
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
  /** What every service takes. */
  static final class ServiceOptions {
    @Option(
        names = "--config",
        required = true,
        paramLabel = "FILE",
        description = "Its properties file; docs/configuration.md has all options.")
    private Path config;

    @Mixin private LogOptions log = new LogOptions();

    /** The arguments of a service's main. */
    String[] arguments() {
      log.toConsole();
      return new String[] {config.toString()};
    }
  }

  @Command(
      description = "Numbers and keeps models, says which one is the champion (HTTP).",
      mixinStandardHelpOptions = true)
  void registry(@Mixin ServiceOptions options) throws Exception {
    ModelRegistryServer.main(options.arguments());
  }

  @Command(
      description = "Learns from the stream and publishes models (Flink).",
      mixinStandardHelpOptions = true)
  void trainer(@Mixin ServiceOptions options) throws Exception {
    LocalTrainer.main(options.arguments());
  }

  @Command(
      description = "Computes features and scores every transaction (Kafka Streams).",
      mixinStandardHelpOptions = true)
  void sidecar(@Mixin ServiceOptions options) throws Exception {
    Sidecar.main(options.arguments());
  }
}
