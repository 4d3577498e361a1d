package io.shoal.cli;

import io.shoal.config.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

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
      StartCommand.class,
      BenchCommand.class,
      VersionCommand.class
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  shoal demo                     the whole system on this machine, live in the terminal",
      "  shoal demo --rate max          as fast as this machine can",
      "  shoal demo --headless --transactions history.csv.gz --predictions scored.csv",
      "  shoal start sidecar --config sidecar.properties",
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
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    ShoalCommand root = new ShoalCommand();
    return new CommandLine(root)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(ShoalCommand::explainUsage)
        .setExecutionExceptionHandler(root::explainFailure);
  }

  private static int explainUsage(ParameterException exception, String[] args) {
    CommandLine command = exception.getCommandLine();
    command.getErr().println("shoal: " + exception.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(exception, command.getErr())) {
      command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    }
    return EXIT_USAGE;
  }

  private int explainFailure(
      Exception exception, CommandLine command, CommandLine.ParseResult parsed) {
    command.getErr().println("shoal: " + message(exception));
    if (verbose) {
      exception.printStackTrace(command.getErr());
    } else if (!(exception instanceof ConfigException)) {
      command.getErr().println("The log says more (" + Logs.file() + "); so does --verbose.");
    }
    return exception instanceof ConfigException ? EXIT_USAGE : EXIT_FAILURE;
  }

  private static String message(Exception exception) {
    return exception instanceof ConfigException
        ? String.valueOf(exception.getMessage())
        : exception.toString();
  }
}
