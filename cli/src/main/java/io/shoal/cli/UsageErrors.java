package io.shoal.cli;

import io.shoal.config.Suggestions;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what is wrong with a command line, and in a second one where help is. */
final class UsageErrors {
  private UsageErrors() {}

  static int explain(ParameterException exception, String[] args) {
    CommandLine command = exception.getCommandLine();
    command.getErr().println("shoal: " + message(exception));
    command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return ShoalCommand.EXIT_USAGE;
  }

  private static String message(ParameterException exception) {
    if (exception instanceof UnmatchedArgumentException unmatched) {
      return unmatched(unmatched);
    }
    // picocli puts a list of what is missing into as many lines.
    String message = String.valueOf(exception.getMessage()).replaceFirst("^Error: ", "");
    return message.substring(0, 1).toLowerCase(Locale.ROOT)
        + message.substring(1).replaceAll("\\s*\\R\\s*", " ");
  }

  private static String unmatched(UnmatchedArgumentException exception) {
    CommandLine command = exception.getCommandLine();
    String word = exception.getUnmatched().get(0);
    if (exception.isUnknownOption()) {
      List<String> options =
          command.getCommandSpec().options().stream()
              .flatMap(o -> List.of(o.names()).stream())
              .toList();
      return "unknown option '" + word + "'" + nearest(word, options);
    }
    if (command.getSubcommands().isEmpty()) {
      return "unexpected argument '" + word + "'";
    }
    return "unknown command '" + word + "'" + nearest(word, command.getSubcommands().keySet());
  }

  private static String nearest(String word, Collection<String> known) {
    return Suggestions.nearest(word, known).map(k -> "; did you mean '" + k + "'?").orElse("");
  }
}
