package io.shoal.cli;

import io.shoal.local.deployment.Deployment;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Starts the parts of a deployment anew. */
@Command(
    name = "refresh",
    description =
        "Starts the parts of a deployed pipeline anew; topics, models and states are kept.",
    mixinStandardHelpOptions = true)
final class RefreshCommand implements Callable<Integer> {
  static final Duration STOP_TIMEOUT = Duration.ofSeconds(40);
  private static final Duration START_TIMEOUT = Duration.ofMinutes(2);

  @Parameters(paramLabel = "NAME", description = "The pipeline's name; 'shoal get' lists them.")
  private String name;

  @Override
  public Integer call() throws InterruptedException {
    Deployment deployment = StateFolder.deployments().get(name);
    deployment.stop(STOP_TIMEOUT);
    return DeployCommand.start(deployment, START_TIMEOUT);
  }
}
