package io.shoal.cli;

import io.shoal.cli.doctor.Finding;
import io.shoal.cli.doctor.KafkaCheck;
import io.shoal.cli.doctor.MachineCheck;
import io.shoal.cli.doctor.ServicesCheck;
import io.shoal.config.ServiceConfig;
import io.shoal.features.FeatureSet;
import io.shoal.local.deployment.DeploymentStatus.Addresses;
import io.shoal.schemas.Topics;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

/** Looks for what keeps a pipeline from running well. */
@Command(
    name = "doctor",
    description = {
      "Looks at this machine and, given a pipeline, at what it stands on: Kafka, topics with their"
          + " partitions, policies and rights, registries, the schema of the events, clocks. Says how to mend"
          + " what is wrong.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "The exit code is 1 when something fails, 0 when all is well or only worth a warning."
    })
final class DoctorCommand implements Callable<Integer> {
  private static final String INDENT = " ".repeat(21);

  @ArgGroup(exclusive = false, multiplicity = "0..1")
  private @Nullable PipelineOptions target;

  @Option(
      names = "--service",
      paramLabel = "URL",
      description =
          "Also look at a service there: the registry or a sidecar that 'shoal start' runs. May be given more than once.")
  private List<String> services = List.of();

  @Override
  public Integer call() throws InterruptedException {
    List<Finding> findings = new ArrayList<>(MachineCheck.findings(StateFolder.folder()));
    if (target != null) {
      findings.addAll(pipeline(target));
    }
    for (String url : services) {
      findings.addAll(new ServicesCheck(Clock.systemUTC()).service("service", url));
    }
    findings.forEach(DoctorCommand::print);
    long failures = findings.stream().filter(f -> f.state() == Finding.State.FAILURE).count();
    long warnings = findings.stream().filter(f -> f.state() == Finding.State.WARNING).count();
    System.out.println(
        failures + warnings == 0
            ? "all is well"
            : "%d failure%s, %d warning%s"
                .formatted(failures, failures == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s"));
    return failures == 0 ? 0 : ShoalCommand.EXIT_FAILURE;
  }

  private static List<Finding> pipeline(PipelineOptions target) throws InterruptedException {
    FeatureSet features = target.features();
    KafkaAddresses kafka = target.kafka();
    List<Finding> findings = new ArrayList<>();
    findings.add(
        new Finding(
            "pipeline",
            Finding.State.OK,
            "%s, %d features".formatted(target.pipeline().name(), features.dimension()),
            null));
    findings.addAll(
        new KafkaCheck(kafka.client(), new Topics(target.pipeline().topicPrefix()), features)
            .findings());
    ServicesCheck services = new ServicesCheck(Clock.systemUTC());
    findings.addAll(
        services.schemas(
            kafka.required(ServiceConfig.SCHEMA_REGISTRY_URL),
            kafka.topic(features.source().subject()),
            features));
    Addresses deployed = target.deployed();
    if (deployed != null) {
      findings.addAll(services.service("model registry", deployed.modelRegistryUrl()));
      findings.addAll(services.service("sidecar", deployed.sidecarUrl()));
    }
    return findings;
  }

  private static void print(Finding finding) {
    String word =
        switch (finding.state()) {
          case OK -> "@|green ok  |@";
          case WARNING -> "@|yellow warn|@";
          case FAILURE -> "@|red,bold FAIL|@";
        };
    System.out.println(
        Ansi.AUTO.string(word) + " %-16s".formatted(finding.thing()) + finding.what());
    if (finding.mend() != null) {
      System.out.println(INDENT + "-> " + finding.mend());
    }
  }
}
