package io.shoal.cli;

import io.shoal.local.deployment.Deployment;
import io.shoal.local.deployment.Deployments;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stops a deployment, and forgets it. */
@Command(
    name = "delete",
    description = {
      "Stops a deployed pipeline. With --data its topics, models and states on this machine are deleted"
          + " for good; without, 'shoal deploy' goes on from them.",
      ""
    },
    mixinStandardHelpOptions = true)
final class DeleteCommand implements Callable<Integer> {
  @Parameters(paramLabel = "NAME", description = "The pipeline's name; 'shoal get' lists them.")
  private String name;

  @Option(names = "--data", description = "Delete what it has learned and kept, too.")
  private boolean data;

  @Override
  public Integer call() {
    Deployments deployments = StateFolder.deployments();
    Deployment deployment = deployments.get(name);
    deployment.stop(RefreshCommand.STOP_TIMEOUT);
    if (data) {
      deployments.remove(deployment);
    }
    System.out.printf(
        "%s is stopped%s%n", name, data ? " and deleted" : "; its data is in " + deployment.data());
    return 0;
  }
}
