package io.shoal.cli.init;

import io.shoal.cli.table.Cells;
import io.shoal.config.ConfigException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds out the roles of columns: what was given stands, the rest is guessed and, where there is
 * somebody to ask, asked.
 */
public final class Questions {
  private static final String NONE = "-";

  private final List<Column> columns;
  private final Guess guess;
  private final @Nullable BufferedReader answers;
  private final PrintStream out;

  /**
   * @param answers of a person at a terminal; null where there is none, and guesses stand
   */
  public Questions(List<Column> columns, @Nullable BufferedReader answers, PrintStream out) {
    this.columns = List.copyOf(columns);
    this.guess = new Guess(columns);
    this.answers = answers;
    this.out = out;
  }

  /**
   * What was given on the command line; null or empty for what is open.
   *
   * @param entities and the others: names separated by commas, a dash for none
   */
  public record Given(
      @Nullable String id,
      @Nullable String time,
      @Nullable String entities,
      @Nullable String numbers,
      @Nullable String categories,
      @Nullable String label) {}

  /**
   * The roles.
   *
   * @throws ConfigException when something can neither be guessed nor asked, or is wrong
   */
  public Roles roles(Given given) {
    if (answers != null) {
      out.println("Columns: " + describe());
      out.println("Enter takes what stands in brackets, a dash is none.");
      out.println();
    }
    String time =
        one("When did it happen? Column of the time", given.time(), guess.time())
            .orElseThrow(
                () -> missing("--time", "when it happened; times are " + Cells.TIME_FORMS));
    @Nullable String id = one("What identifies an event", given.id(), guess.id(time)).orElse(null);
    List<String> entities =
        some(
            "Whose behaviour is to be learned (the first is the key)",
            given.entities(),
            guess.entities(time, id));
    if (entities.isEmpty()) {
      throw missing("--entity", "whose behaviour is to be learned, such as a customer or a card");
    }
    @Nullable String label =
        one("What says whether it was a fraud, if anything does", given.label(), guess.label())
            .orElse(null);
    List<String> taken = new ArrayList<>(entities);
    taken.add(time);
    if (id != null) {
      taken.add(id);
    }
    if (label != null) {
      taken.add(label);
    }
    List<String> numbers =
        some("Which numbers, such as amounts", given.numbers(), guess.numbers(taken));
    List<String> categories =
        some("Which categories, such as a country", given.categories(), guess.categories(taken));
    Roles roles = new Roles(id, time, entities, numbers, categories, label);
    roles.require(columns);
    return roles;
  }

  /** Asks for a word, such as a name; without anybody to ask the proposal stands. */
  public String word(String question, String proposal) {
    return ask(question, proposal, answer -> null);
  }

  private Optional<String> one(String question, @Nullable String given, Optional<String> guessed) {
    String answer = given != null ? given : ask(question, guessed.orElse(NONE), this::problemOf);
    return answer.equals(NONE) ? Optional.empty() : Optional.of(answer);
  }

  private List<String> some(String question, @Nullable String given, List<String> guessed) {
    String proposal = guessed.isEmpty() ? NONE : String.join(",", guessed);
    String answer = given != null ? given : ask(question, proposal, this::problemOf);
    return answer.equals(NONE) ? List.of() : Columns.words(answer);
  }

  private @Nullable String problemOf(String answer) {
    if (answer.equals(NONE)) {
      return null;
    }
    return Columns.words(answer).stream()
        .filter(word -> columns.stream().noneMatch(c -> c.name().equals(word)))
        .findFirst()
        .map(word -> Roles.unknown(word, columns))
        .orElse(null);
  }

  private String ask(
      String question, String proposal, Function<String, @Nullable String> problemOf) {
    if (answers == null) {
      return proposal;
    }
    while (true) {
      out.print(question + " [" + proposal + "]: ");
      out.flush();
      String line;
      try {
        line = answers.readLine();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (line == null) {
        throw new ConfigException("no answer; nothing was written");
      }
      String answer = line.isBlank() ? proposal : line.strip();
      String problem = problemOf.apply(answer);
      if (problem == null) {
        return answer;
      }
      out.println("  " + problem);
    }
  }

  private String describe() {
    return String.join(", ", columns.stream().map(c -> c.name() + " (" + c.kind() + ")").toList());
  }

  private ConfigException missing(String option, String what) {
    return new ConfigException(
        "which column says %s? Give it with %s; there are %s"
            .formatted(what, option, Columns.names(columns)));
  }
}
