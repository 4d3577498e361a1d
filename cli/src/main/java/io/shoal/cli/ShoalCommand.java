package io.shoal.cli;

import io.shoal.config.ConfigException;
import io.shoal.kmeans.KernelUnavailableException;
import io.shoal.registry.client.ModelRegistryException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The root of the command line: lists the verbs, turns failures into one line and an exit code. */
@Command(
    name = "shoal",
    description = "Learns what normal looks like on a Kafka stream, and scores every transaction.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.class,
    subcommands = {
      DemoCommand.class,
      TestCommand.class,
      InitCommand.class,
      ProduceCommand.class,
      WatchCommand.class,
      DoctorCommand.class,
      ValidateCommand.class,
      RunCommand.class,
      DeployCommand.Plan.class,
      DeployCommand.class,
      GetCommand.class,
      DescribeCommand.class,
      LogsCommand.class,
      RefreshCommand.class,
      DeleteCommand.class,
      DeployCommand.Supervise.class,
      StartCommand.class,
      FeaturesCommand.class,
      TrainCommand.class,
      ReplayCommand.class,
      ModelsCommand.class,
      ServeCommand.class,
      ConvertCommand.class,
      BenchCommand.class,
      VersionCommand.class,
      RehearseCommand.class,
      CompletionCommand.class
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  shoal demo              the whole system on this machine, live",
      "  shoal demo --rate max   as fast as this machine can",
      "  shoal demo --headless --transactions history.csv.gz --predictions scored.csv",
      "  shoal init orders.csv   a pipeline for your own events",
      "  shoal deploy orders/pipeline.yaml   runs it in the background",
      "  shoal produce orders/pipeline.yaml orders.csv",
      "  shoal watch orders/pipeline.yaml",
      "  shoal start sidecar --config sidecar.properties",
      "  shoal train --from history.csv.gz --out model.avro",
      "  shoal replay --transactions history.csv.gz --set model.k=128",
      "  shoal models list --model default",
      "  shoal serve --model model.avro",
      "  shoal convert model.avro model.onnx",
      "",
      "Exit codes: 0 success, 1 failure, 2 wrong use or a setting that you can mend.",
      "'shoal COMMAND --help' explains a command."
    })
public final class ShoalCommand implements Runnable {
  static final int EXIT_FAILURE = 1;
  static final int EXIT_USAGE = 2;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "On a failure, print its stack trace.")
  private boolean verbose;

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }

  /** Runs the command line and ends the process with its exit code. */
  public static void main(String[] args) {
    wipeWarning();
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    ShoalCommand root = new ShoalCommand();
    return new CommandLine(root)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(UsageErrors::explain)
        .setExecutionExceptionHandler(root::explainFailure);
  }

  private int explainFailure(
      Exception exception, CommandLine command, CommandLine.ParseResult parsed) {
    boolean mendable =
        exception instanceof ConfigException
            || exception instanceof KernelUnavailableException
            || exception instanceof ModelRegistryException;
    command
        .getErr()
        .println("shoal: " + (mendable ? exception.getMessage() : exception.toString()));
    if (verbose) {
      exception.printStackTrace(command.getErr());
    } else if (!mendable) {
      command
          .getErr()
          .println("The log says more (" + LogOptions.place() + "); so does --verbose.");
    }
    return mendable ? EXIT_USAGE : EXIT_FAILURE;
  }

  /** The JVM's line on incubator modules stands just above the cursor; see the launcher. */
  private static void wipeWarning() {
    if (Boolean.getBoolean("shoal.wipe.warning")) {
      System.err.print("\u001b[1A\u001b[2K");
    }
  }
}
