package io.shoal.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shoal.local.deployment.Deployment;
import io.shoal.local.deployment.DeploymentStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists what is deployed on this machine. */
@Command(
    name = "get",
    description = "Lists the pipelines that are deployed on this machine.",
    mixinStandardHelpOptions = true)
final class GetCommand implements Callable<Integer> {
  private static final long REFRESH_SECONDS = 2;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      defaultValue = "table",
      description = "table, json or yaml (default: ${DEFAULT-VALUE}).")
  private Output output = Output.TABLE;

  @Option(
      names = {"-w", "--watch"},
      description = "Go on, every two seconds, until Ctrl-C.")
  private boolean watch;

  @Override
  public Integer call() throws InterruptedException {
    do {
      List<Deployment> all = StateFolder.deployments().all();
      if (output == Output.TABLE) {
        print(all);
      } else {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        all.forEach(deployment -> list.add(document(deployment)));
        System.out.print(output.text(list));
      }
      if (watch) {
        TimeUnit.SECONDS.sleep(REFRESH_SECONDS);
      }
    } while (watch);
    return 0;
  }

  private static void print(List<Deployment> all) {
    if (all.isEmpty()) {
      System.out.println("nothing is deployed here yet; 'shoal deploy pipeline.yaml' does it");
      return;
    }
    System.out.printf(
        "%-24s %-11s %8s %9s  %s%n", "NAME", "STATE", "SINCE", "RESTARTS", "REGISTRY");
    for (Deployment deployment : all) {
      DeploymentStatus status = deployment.status();
      DeploymentStatus.Addresses addresses = status.addresses();
      String last = addresses == null ? status.message() : addresses.modelRegistryUrl();
      System.out.printf(
          "%-24s %-11s %8s %9d  %s%n",
          deployment.name(),
          Words.of(status.state()),
          age(status.since(), Instant.now()),
          status.restarts(),
          last == null ? "" : last);
    }
  }

  /** All that is known of where a deployment stands. */
  static ObjectNode document(Deployment deployment) {
    DeploymentStatus status = deployment.status();
    ObjectNode document =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", deployment.name())
            .put("state", status.state().name())
            .put("since", status.since().toString())
            .put("pid", status.pid())
            .put("restarts", status.restarts())
            .put("message", status.message());
    document.set("addresses", new ObjectMapper().valueToTree(status.addresses()));
    return document;
  }

  /** Such as {@code 5s}, {@code 12m}, {@code 3h}, {@code 9d}; a dash for never. */
  static String age(Instant since, Instant now) {
    if (since.equals(Instant.EPOCH)) {
      return "-";
    }
    long seconds = Math.max(0, Duration.between(since, now).toSeconds());
    if (seconds < 120) {
      return seconds + "s";
    }
    if (seconds < 7_200) {
      return seconds / 60 + "m";
    }
    return String.format(
        Locale.ROOT,
        seconds < 172_800 ? "%dh" : "%dd",
        seconds < 172_800 ? seconds / 3_600 : seconds / 86_400);
  }
}
