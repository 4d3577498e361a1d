package io.shoal.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shoal.local.deployment.Deployment;
import io.shoal.local.deployment.DeploymentStatus;
import io.shoal.pipeline.Pipeline;
import io.shoal.pipeline.Service;
import java.io.PrintStream;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells all that is known of one deployment. */
@Command(
    name = "describe",
    description =
        "Tells where a deployed pipeline stands, where its parts are reached and what is set.",
    mixinStandardHelpOptions = true)
final class DescribeCommand implements Runnable {
  @Parameters(paramLabel = "NAME", description = "The pipeline's name; 'shoal get' lists them.")
  private String name;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      defaultValue = "table",
      description = "table, json or yaml (default: ${DEFAULT-VALUE}).")
  private Output output = Output.TABLE;

  @Override
  public void run() {
    Deployment deployment = StateFolder.deployments().get(name);
    if (output != Output.TABLE) {
      System.out.print(output.text(document(deployment)));
      return;
    }
    print(deployment, System.out);
    Pipeline pipeline = deployment.pipeline();
    for (Service service : Service.values()) {
      System.out.printf("  %s%n", service.word());
      // References are printed as they stand: what they refer to is nobody's to see.
      pipeline
          .options(service)
          .forEach((option, value) -> System.out.printf("    %s=%s%n", option, value));
    }
  }

  private static ObjectNode document(Deployment deployment) {
    ObjectNode document = GetCommand.document(deployment);
    document.put("file", deployment.file().toString()).put("log", deployment.log().toString());
    ObjectNode options = document.putObject("options");
    for (Service service : Service.values()) {
      ObjectNode ofService = options.putObject(service.word());
      deployment.pipeline().options(service).forEach(ofService::put);
    }
    return document;
  }

  static void print(Deployment deployment, PrintStream out) {
    DeploymentStatus status = deployment.status();
    out.printf(
        "  state            %s for %s, %d restart%s%n",
        Words.of(status.state()),
        GetCommand.age(status.since(), Instant.now()),
        status.restarts(),
        status.restarts() == 1 ? "" : "s");
    if (status.message() != null) {
      out.printf("  last failure     %s%n", status.message());
    }
    DeploymentStatus.Addresses addresses = status.addresses();
    if (addresses != null) {
      out.printf("  Kafka            %s%n", addresses.bootstrapServers());
      out.printf("  schema registry  %s%n", addresses.schemaRegistryUrl());
      out.printf(
          "  model registry   %s (its console in a browser)%n", addresses.modelRegistryUrl());
      out.printf("  sidecar          %s%n", addresses.sidecarUrl());
    }
    out.printf("  pipeline file    %s%n", deployment.file());
    out.printf("  log              %s%n", deployment.log());
  }
}
