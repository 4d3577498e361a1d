package io.shoal.cli.completion;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The script by which fish completes a command line: verbs, their own verbs, options with what they
 * are, and the words that an option or a parameter may be. Picocli itself writes one for bash only.
 */
public final class FishScript {
  private static final int DESCRIPTION_MAX = 60;

  private final String program;
  private final StringBuilder script = new StringBuilder();

  private FishScript(String program) {
    this.program = program;
  }

  /** The script for a program of this name. */
  public static String of(String program, CommandLine root) {
    FishScript fish = new FishScript(program);
    fish.script.append("# Completes the words of ").append(program).append(" in fish.\n");
    fish.add(root, new ArrayList<>());
    return fish.script.toString();
  }

  private void add(CommandLine command, List<String> path) {
    List<CommandLine> verbs =
        command.getSubcommands().values().stream()
            .filter(verb -> !verb.getCommandSpec().usageMessage().hidden())
            .distinct()
            .toList();
    List<String> names = verbs.stream().map(CommandLine::getCommandName).toList();
    String here = condition(path, names);
    for (CommandLine verb : verbs) {
      line(here, "-f -a " + quoted(verb.getCommandName()), description(verb.getCommandSpec()));
    }
    CommandSpec spec = command.getCommandSpec();
    for (OptionSpec option : spec.options()) {
      if (!option.hidden()) {
        line(here, names(option) + values(option), first(option.description()));
      }
    }
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      if (parameter.completionCandidates() != null) {
        line(here, "-f -a " + quoted(String.join(" ", words(parameter))), "");
      }
    }
    for (CommandLine verb : verbs) {
      List<String> below = new ArrayList<>(path);
      below.add(verb.getCommandName());
      add(verb, below);
    }
  }

  /** That these verbs stand on the line, and none of those that may come next. */
  private static String condition(List<String> path, List<String> next) {
    List<String> conditions = new ArrayList<>();
    if (path.isEmpty()) {
      conditions.add("__fish_use_subcommand");
    }
    path.forEach(verb -> conditions.add("__fish_seen_subcommand_from " + verb));
    if (!path.isEmpty() && !next.isEmpty()) {
      conditions.add("not __fish_seen_subcommand_from " + String.join(" ", next));
    }
    return String.join("; and ", conditions);
  }

  private static String names(OptionSpec option) {
    StringBuilder names = new StringBuilder();
    for (String name : option.names()) {
      String word = name.replaceFirst("^--?", "");
      names.append(name.startsWith("--") ? " -l " : " -s ").append(word);
    }
    return names.substring(1);
  }

  /** A file where the option is one; elsewhere the words that there are, or nothing to choose. */
  private static String values(OptionSpec option) {
    if (option.arity().max() == 0) {
      return "";
    }
    if (option.completionCandidates() != null) {
      return " -x -a " + quoted(String.join(" ", words(option)));
    }
    Class<?> type = option.type();
    return type == Path.class || type == File.class ? " -r -F" : " -x";
  }

  private static List<String> words(ArgSpec argument) {
    List<String> words = new ArrayList<>();
    argument.completionCandidates().forEach(word -> words.add(word.toLowerCase(Locale.ROOT)));
    return words;
  }

  private static String description(CommandSpec spec) {
    return first(spec.usageMessage().description());
  }

  /** The first clause, which is enough to choose by. */
  private static String first(String[] description) {
    String text = description.length == 0 ? "" : description[0].replaceAll("@\\|\\S+ |\\|@", "");
    String clause = text.split("[.;(]", 2)[0].strip();
    return clause.length() <= DESCRIPTION_MAX
        ? clause
        : clause.substring(0, clause.lastIndexOf(' ', DESCRIPTION_MAX)) + " ...";
  }

  private void line(String condition, String what, String description) {
    script.append("complete -c ").append(program).append(" -n ").append(quoted(condition));
    script.append(' ').append(what);
    if (!description.isEmpty()) {
      script.append(" -d ").append(quoted(description));
    }
    script.append('\n');
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
