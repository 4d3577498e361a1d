package io.shoal.cli;

import io.shoal.jobs.TrainingJob;
import io.shoal.registry.server.ModelRegistryServer;
import io.shoal.serving.Sidecar;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs one service against a Kafka of the user's. */
@Command(
    name = "start",
    description = "Runs one service against your Kafka, until it is told to stop.",
    mixinStandardHelpOptions = true)
final class StartCommand implements Callable<Integer> {
  /** The services. */
  enum Service {
    REGISTRY,
    TRAINER,
    SIDECAR
  }

  @Parameters(paramLabel = "SERVICE", description = "registry, trainer or sidecar.")
  private Service service;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "Its properties file; docs/configuration.md has all options.")
  private Path config;

  @Override
  public Integer call() throws Exception {
    String[] args = {config.toString()};
    switch (service) {
      case REGISTRY -> ModelRegistryServer.main(args);
      case TRAINER -> TrainingJob.main(args);
      case SIDECAR -> Sidecar.main(args);
    }
    return 0;
  }
}
