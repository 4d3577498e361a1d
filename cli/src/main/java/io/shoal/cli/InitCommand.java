package io.shoal.cli;

import io.shoal.cli.init.Column;
import io.shoal.cli.init.Columns;
import io.shoal.cli.init.PipelineDraft;
import io.shoal.cli.init.Questions;
import io.shoal.cli.init.Roles;
import io.shoal.config.ConfigException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the files of a pipeline, out of an example of its events. */
@Command(
    name = "init",
    description = {
      "Writes a pipeline for your events: pipeline.yaml, features.yaml and the Avro schema of an event,"
          + " out of a CSV file of them or their schema. On a terminal it asks a few questions; elsewhere"
          + " its guesses stand, and options overrule them.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Columns are separated by commas in an option; a dash is none.",
      "",
      "  shoal init orders.csv",
      "  shoal init payments.avsc --entity card_id,merchant_id --numbers amount --yes"
    })
final class InitCommand implements Runnable {
  @Parameters(
      paramLabel = "FILE",
      description =
          "A .csv or .csv.gz with a header and some hundred rows, or an Avro schema (.avsc).")
  private Path example;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Of the pipeline and its topic. Default: the file's.")
  private @Nullable String name;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description = "Folder for the files. Default: the name.")
  private @Nullable Path folder;

  @Option(names = "--time", paramLabel = "COLUMN", description = "When it happened.")
  private @Nullable String time;

  @Option(names = "--id", paramLabel = "COLUMN", description = "What identifies an event.")
  private @Nullable String id;

  @Option(
      names = "--entity",
      paramLabel = "COLUMNS",
      description = "Whose behaviour is learned; the first is the key of the messages.")
  private @Nullable String entities;

  @Option(names = "--numbers", paramLabel = "COLUMNS", description = "What is learned: amounts.")
  private @Nullable String numbers;

  @Option(
      names = "--categories",
      paramLabel = "COLUMNS",
      description = "Whose different values are counted: a country, a currency.")
  private @Nullable String categories;

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description = "What says whether it was a fraud; it is no part of the event.")
  private @Nullable String label;

  @Option(names = "--yes", description = "Ask nothing, even on a terminal.")
  private boolean yes;

  @Option(names = "--force", description = "Write over files that are there.")
  private boolean force;

  @Override
  public void run() {
    boolean isSchema = example.toString().endsWith(".avsc");
    Schema schema = isSchema ? Columns.schema(example) : null;
    List<Column> columns = schema == null ? Columns.ofCsv(example) : Columns.ofSchema(schema);
    Questions questions = new Questions(columns, somebody(), System.out);
    Roles roles =
        questions.roles(new Questions.Given(id, time, entities, numbers, categories, label));
    if (schema != null && roles.id() == null) {
      throw new ConfigException(
          "which field identifies an event? Give it with --id; the schema has none that is named so");
    }
    String chosen = name != null ? name : questions.word("Name of the pipeline", proposedName());
    if (!chosen.matches("[a-z]([a-z0-9-]{0,38}[a-z0-9])?")) {
      throw new ConfigException(
          "'"
              + chosen
              + "' cannot be a name; take small letters, digits and dashes, first a letter, 40 at most");
    }
    PipelineDraft draft =
        new PipelineDraft(chosen, String.valueOf(example.getFileName()), columns, roles, schema);
    Path target = folder == null ? Path.of(chosen) : folder;
    Path file = draft.write(target, force);
    print(draft, target, file);
  }

  private void print(PipelineDraft draft, Path target, Path file) {
    Roles roles = draft.roles();
    System.out.printf(
        "wrote %s, %s, %s in %s%n",
        PipelineDraft.PIPELINE_FILE, PipelineDraft.FEATURES_FILE, draft.schemaFile(), target);
    System.out.printf("  time        %s%n", roles.time());
    System.out.printf(
        "  id          %s%n",
        roles.id() == null ? "none; events are numbered as they are sent" : roles.id());
    System.out.printf("  learns of   %s%n", String.join(", ", roles.entities()));
    System.out.printf("  numbers     %s%n", String.join(", ", roles.numbers()));
    System.out.printf(
        "  categories  %s%n",
        roles.categories().isEmpty() ? "none" : String.join(", ", roles.categories()));
    System.out.printf(
        "  labels      %s%n",
        roles.label() == null ? "none yet; chargebacks may come later" : roles.label());
    System.out.println("Next:");
    System.out.printf("  shoal deploy %s      # runs it in the background%n", file);
    System.out.printf(
        "  shoal produce %s %s%n",
        file, example.toString().endsWith(".avsc") ? "EVENTS.csv" : example);
    System.out.printf("  shoal watch %s       # in another terminal%n", file);
  }

  private String proposedName() {
    String plain =
        String.valueOf(example.getFileName())
            .replaceAll("\\.(csv|csv\\.gz|avsc)$", "")
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^[-0-9]+|-+$", "");
    return plain.isEmpty() ? "events" : plain.substring(0, Math.min(plain.length(), 40));
  }

  private @Nullable BufferedReader somebody() {
    return yes || !Terminals.attached()
        ? null
        : new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
  }
}
