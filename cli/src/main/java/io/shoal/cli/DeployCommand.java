package io.shoal.cli;

import io.shoal.config.ConfigException;
import io.shoal.local.deployment.Deployment;
import io.shoal.local.deployment.DeploymentStatus;
import io.shoal.local.deployment.Deployments;
import io.shoal.local.deployment.RunState;
import io.shoal.local.deployment.Supervisor;
import io.shoal.pipeline.Changes;
import io.shoal.pipeline.Pipeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings a pipeline to what its file says. */
@Command(
    name = "deploy",
    description = {
      "Runs a pipeline on this machine in the background, beyond this terminal; a supervisor starts it"
          + " anew when it fails. Deployed again, it takes over what has changed in the file. Or installs"
          + " it in a Kubernetes cluster.",
      ""
    },
    mixinStandardHelpOptions = true)
final class DeployCommand implements Callable<Integer> {
  private static final long POLL_MS = 200;

  @Parameters(paramLabel = "FILE", description = "The pipeline file (docs/pipelines.md).")
  private Path file;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "How long to wait until it runs (default: ${DEFAULT-VALUE}); 0: not at all.")
  private int timeoutSeconds = 120;

  /** Where a pipeline runs. */
  enum Target {
    LOCAL,
    KUBERNETES
  }

  @Option(
      names = "--target",
      paramLabel = "TARGET",
      description = "local: this machine; kubernetes: by deploy/helm/shoal (default: local).")
  private Target target = Target.LOCAL;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "With --target kubernetes: write the resources here and install nothing.")
  private @Nullable Path out;

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAME",
      description =
          "With --target kubernetes: the namespace (default: that of the current context).")
  private @Nullable String namespace;

  @Override
  public Integer call() throws InterruptedException {
    Pipeline pipeline = Pipeline.read(file);
    if (target == Target.KUBERNETES) {
      KubernetesTarget kubernetes = new KubernetesTarget(pipeline, file, namespace);
      if (out == null) {
        kubernetes.apply();
      } else {
        kubernetes.write(out);
        System.out.println("wrote " + out + "; 'kubectl apply -f " + out + "' installs it");
      }
      return 0;
    }
    if (out != null || namespace != null) {
      throw new ConfigException("--out and --namespace are of --target kubernetes");
    }
    Deployments deployments = StateFolder.deployments();
    if (deployments.has(pipeline.name())) {
      Deployment deployed = deployments.get(pipeline.name());
      Changes changes = Changes.between(deployed.pipeline(), pipeline);
      if (changes.isEmpty() && deployed.status().state() == RunState.RUNNING) {
        System.out.println(pipeline.name() + " runs as the file says; nothing to do");
        return 0;
      }
      System.out.print(changes);
      deployed.stop(RefreshCommand.STOP_TIMEOUT);
      if (changes.learningAnew()) {
        deployed.forgetLearning();
      }
    }
    return start(deployments.put(pipeline, file), Duration.ofSeconds(timeoutSeconds));
  }

  /** Starts a deployment and waits until it runs. */
  static int start(Deployment deployment, Duration timeout) throws InterruptedException {
    deployment.start(command("supervise", deployment.name()));
    long deadlineNs = System.nanoTime() + timeout.toNanos();
    while (System.nanoTime() < deadlineNs) {
      DeploymentStatus status = deployment.status();
      if (status.state() == RunState.RUNNING) {
        System.out.println(deployment.name() + " runs");
        DescribeCommand.print(deployment, System.out);
        return 0;
      }
      if (status.state() == RunState.FAILED) {
        throw new ConfigException(
            "%s cannot run: %s".formatted(deployment.name(), status.message()));
      }
      if (status.state() == RunState.RESTARTING || status.state() == RunState.STOPPED) {
        throw new IllegalStateException(
            "%s failed: %s; see 'shoal logs %s'"
                .formatted(deployment.name(), status.message(), deployment.name()));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
    System.out.printf("%s is starting; 'shoal get' tells when it runs%n", deployment.name());
    return timeout.isZero() ? 0 : ShoalCommand.EXIT_FAILURE;
  }

  /** A command line of this Shoal, in a session of its own where the system knows how. */
  private static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    for (String folder : new String[] {"/usr/bin", "/bin"}) {
      if (command.isEmpty() && Files.isExecutable(Path.of(folder, "setsid"))) {
        command.add(Path.of(folder, "setsid").toString());
      }
    }
    command.add(launcher());
    command.addAll(List.of(arguments));
    return command;
  }

  static String launcher() {
    String launcher = System.getProperty("shoal.launcher");
    if (launcher == null) {
      throw new ConfigException(
          "only the launcher ./shoal can deploy on this machine; in a container use 'shoal run'");
    }
    return launcher;
  }

  /** Says what a deployment of the file would change. */
  @Command(
      name = "plan",
      description = "Says what 'shoal deploy' of this file would change; changes nothing.",
      mixinStandardHelpOptions = true)
  static final class Plan implements Runnable {
    @Parameters(paramLabel = "FILE", description = "The pipeline file (docs/pipelines.md).")
    private Path file;

    @Override
    public void run() {
      Pipeline pipeline = Pipeline.read(file);
      Deployments deployments = StateFolder.deployments();
      if (!deployments.has(pipeline.name())) {
        System.out.printf(
            "%s would be deployed: registry, trainer, sidecar%s%n",
            pipeline.name(), pipeline.hasKafka() ? "" : ", a broker and a schema registry");
        return;
      }
      Deployment deployed = deployments.get(pipeline.name());
      Changes changes = Changes.between(deployed.pipeline(), pipeline);
      if (changes.isEmpty()) {
        System.out.printf(
            "nothing would change; %s is %s%n",
            pipeline.name(), Words.of(deployed.status().state()));
        return;
      }
      System.out.print(changes);
      System.out.println(
          changes.learningAnew()
              ? "its parts would be started anew, and it would learn anew from what its topics retain;"
                  + " versions and states are kept"
              : "its parts would be started anew; topics, versions and states are kept");
    }
  }

  /** Runs in the background for each deployment. */
  @Command(
      name = "supervise",
      hidden = true,
      description = "Keeps a deployed pipeline up; 'shoal deploy' starts it.")
  static final class Supervise implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "The pipeline's name.")
    private String name;

    @Override
    public Integer call() throws InterruptedException {
      Deployment deployment = StateFolder.deployments().get(name);
      new Supervisor(
              deployment,
              List.of(launcher(), "run", "--deployment", name, deployment.file().toString()),
              Clock.systemUTC())
          .run();
      return 0;
    }
  }
}
