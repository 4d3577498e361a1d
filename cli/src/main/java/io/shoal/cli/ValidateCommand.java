package io.shoal.cli;

import io.shoal.pipeline.Pipeline;
import io.shoal.pipeline.Service;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Checks a pipeline file. */
@Command(
    name = "validate",
    description = "Says what is wrong in a pipeline file, with line and column, or what it is.",
    mixinStandardHelpOptions = true)
final class ValidateCommand implements Runnable {
  @Parameters(paramLabel = "FILE", description = "The pipeline file (docs/pipelines.md).")
  private Path file;

  @Override
  public void run() {
    Pipeline pipeline = Pipeline.read(file);
    System.out.printf("%s is right: pipeline %s%n", file, pipeline.name());
    System.out.printf(
        "  topics begin with '%s', %s%n",
        pipeline.topicPrefix(), pipeline.hasKafka() ? "in your Kafka" : "in a broker of its own");
    System.out.printf(
        "  features: %s%n",
        pipeline.features().map(Path::toString).orElse("the card transactions of the demo"));
    for (Service service : Service.values()) {
      System.out.printf(
          "  %s: %d options set, the others as in docs/configuration.md%n",
          service.word(), pipeline.options(service).size());
    }
  }
}
