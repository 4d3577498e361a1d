package io.shoal.cli;

import io.shoal.client.NumericCsv;
import io.shoal.config.ConfigException;
import io.shoal.config.References;
import io.shoal.config.ServiceConfig;
import io.shoal.features.FeatureSet;
import io.shoal.features.export.CsvEvents;
import io.shoal.features.export.History;
import io.shoal.features.export.Labels;
import io.shoal.features.export.TopicHistory;
import io.shoal.pipeline.Pipeline;
import io.shoal.pipeline.Service;
import io.shoal.replay.Days;
import io.shoal.replay.HtmlReport;
import io.shoal.replay.Period;
import io.shoal.replay.PredictionsFile;
import io.shoal.replay.Ranking;
import io.shoal.replay.Replay;
import io.shoal.replay.ReplayRun;
import io.shoal.replay.ReplaySettings;
import io.shoal.replay.TableReplay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs past traffic through the classes of the stream, with these or other settings. */
@Command(
    name = "replay",
    description = "Replays past traffic with any settings, in one process, without Kafka.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Each transaction is scored by what was learned before it; a fraud is learned from when its",
      "label became known. The same file and settings give the same bytes.",
      "",
      "  shoal replay --transactions history.csv.gz --predictions scored.csv",
      "  shoal replay --transactions history.csv.gz --set model.k=128 --from 2018-05-01",
      "  shoal replay --transactions history.csv.gz --compare now.yaml then.yaml",
      "  shoal replay --csv table.csv --label anomaly",
      "",
      "docs/quality.md says more."
    })
final class ReplayCommand implements Callable<Integer> {
  /** What is replayed: one of these. */
  static final class Traffic {
    @Option(
        names = "--transactions",
        paramLabel = "FILE.csv[.gz]",
        description = "Events in the order in which they came; columns as the record's fields.")
    private @Nullable Path transactions;

    @Option(
        names = "--topic",
        description =
            "The topic of the feature set, and the labels' topic; --pipeline has the addresses of"
                + " Kafka.")
    private boolean topic;

    @Option(
        names = "--csv",
        paramLabel = "FILE.csv[.gz]",
        description = "A plain table of numbers: its rows are fitted, then scored.")
    private @Nullable Path table;
  }

  @ArgGroup(multiplicity = "1")
  private final Traffic traffic = new Traffic();

  @Option(
      names = "--pipeline",
      paramLabel = "FILE",
      description =
          "A pipeline (.yaml), or a trainer's or sidecar's .properties; by default the defaults.")
  private @Nullable Path pipeline;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Changes a setting, such as model.k=128; may be given often.")
  private Map<String, String> changes = new LinkedHashMap<>();

  @Option(
      names = "--compare",
      arity = "2..8",
      paramLabel = "FILE",
      description = "Several settings over the same traffic, the first one as the base.")
  private List<Path> compared = List.of();

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Leave out what came before, as 2018-05-01 or 2018-05-01T12:00:00Z.")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "Leave out what came then or later.")
  private @Nullable String to;

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description = "Column that says what was fraud or odd (default: fraud, where there is one).")
  private @Nullable String label;

  @Option(
      names = "--label-delay",
      paramLabel = "7d",
      defaultValue = "7d",
      description = "When a fraud became known, in m, h or d after it (default: 7d).")
  private String labelDelay;

  @Option(
      names = "--labels",
      paramLabel = "FILE.csv[.gz]",
      description = "What became known, and when: ID,fraud,known_at.")
  private @Nullable Path labels;

  @Option(
      names = "--passes",
      paramLabel = "N",
      defaultValue = "1",
      description = "Passes over the rows of --csv for fitting (default: 1).")
  private int passes;

  @Option(
      names = "--predictions",
      paramLabel = "OUT.csv[.gz]",
      description = "Write a line for each event.")
  private @Nullable Path predictions;

  @Option(
      names = "--report",
      paramLabel = "OUT.html",
      description = "Write a page with pictures, in one file.")
  private @Nullable Path report;

  @Override
  public Integer call() throws IOException {
    try {
      if (traffic.table != null) {
        table(traffic.table);
      } else if (compared.isEmpty()) {
        replay();
      } else {
        compare();
      }
      return 0;
    } catch (NoSuchFileException e) {
      throw new ConfigException(e.getFile() + ": no such file", e);
    }
  }

  private void replay() throws IOException {
    ReplaySettings settings = settings();
    Days days = new Days();
    ReplayRun run;
    if (predictions == null) {
      run = run(settings, "replay", days);
    } else {
      try (PredictionsFile file = new PredictionsFile(predictions)) {
        run =
            run(
                settings,
                "replay",
                (event, vector, prediction, known) -> {
                  file.write(prediction);
                  days.predicted(event, vector, prediction, known);
                });
      }
    }
    requireEvents(run);
    System.out.print(ReplayTable.text(List.of(""), List.of(run.summary(run))));
    if (report != null) {
      new HtmlReport(run, days, settings.values()).write(report);
    }
  }

  private void compare() throws IOException {
    List<ReplayRun> runs = new ArrayList<>();
    List<ReplaySettings> all = new ArrayList<>();
    for (Path file : compared) {
      all.add(load(file).with(changes));
    }
    for (int i = 0; i < all.size(); i++) {
      runs.add(
          run(all.get(i), compared.get(i).toString(), (event, vector, prediction, known) -> {}));
      requireEvents(runs.get(i));
    }
    System.out.print(
        ReplayTable.text(
            compared.stream().map(file -> String.valueOf(file.getFileName())).toList(),
            runs.stream().map(run -> run.summary(runs.get(0))).toList()));
  }

  private ReplayRun run(ReplaySettings settings, String name, Replay.Listener sink)
      throws IOException {
    try (Period period = new Period(history(settings), time("--from", from), time("--to", to));
        ProgressLine progress = new ProgressLine(name)) {
      return ReplayRun.of(settings, labels(settings), period, sink, progress);
    }
  }

  /** Those of a file, or of the labels' topic beside the events' own. */
  private Labels labels(ReplaySettings settings) throws IOException {
    if (labels != null) {
      return Labels.read(labels, settings.features().source().id());
    }
    if (!traffic.topic) {
      return new Labels();
    }
    KafkaAddresses kafka = kafka(settings);
    return TopicHistory.labels(kafka.topic("labels"), kafka.client(), kafka.registry());
  }

  private static KafkaAddresses kafka(ReplaySettings settings) {
    return KafkaAddresses.of(References.resolve(settings.values()));
  }

  private static void requireEvents(ReplayRun run) {
    if (run.outcomes().size() == 0) {
      throw new ConfigException("no event lies within --from and --to");
    }
  }

  private ReplaySettings settings() {
    ReplaySettings settings = pipeline == null ? ReplaySettings.defaults() : load(pipeline);
    return settings.with(changes);
  }

  /** A pipeline, or the properties of a trainer or sidecar. */
  private static ReplaySettings load(Path file) {
    String name = file.toString();
    if (!name.endsWith(".yaml") && !name.endsWith(".yml")) {
      return new ReplaySettings(ServiceConfig.load(file));
    }
    Pipeline whole = Pipeline.read(file);
    Map<String, String> values = new LinkedHashMap<>(whole.options(Service.TRAINER));
    values.putAll(whole.options(Service.SIDECAR));
    return new ReplaySettings(values);
  }

  private History history(ReplaySettings settings) throws IOException {
    FeatureSet features = settings.features();
    if (traffic.topic || traffic.transactions == null) {
      KafkaAddresses kafka = kafka(settings);
      return new TopicHistory(
          features, kafka.topic(features.source().topic()), kafka.client(), kafka.registry());
    }
    String column = label == null && hasFraudColumn(traffic.transactions) ? "fraud" : label;
    return new CsvEvents(
        features, traffic.transactions, column, FeatureExportCommand.delay(labelDelay));
  }

  private static boolean hasFraudColumn(Path file) throws IOException {
    return NumericCsv.header(file).contains("fraud");
  }

  private static @Nullable Instant time(String option, @Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return text.contains("T")
          ? Instant.parse(text)
          : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeException e) {
      throw new ConfigException(
          "%s %s: write it as 2018-05-01 or 2018-05-01T12:00:00Z".formatted(option, text), e);
    }
  }

  private void table(Path file) throws IOException {
    List<String> names = new ArrayList<>(NumericCsv.header(file));
    if (label != null && !names.remove(label)) {
      throw new ConfigException(
          "%s has no column '%s'; it has %s".formatted(file, label, String.join(", ", names)));
    }
    float[][] rows;
    double[] scores;
    long started = System.nanoTime();
    try {
      rows = NumericCsv.read(file, names).rows();
      scores = TableReplay.scores(rows, settings().trainer(), passes);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
    System.out.printf(
        "%s: %,d rows of %d columns, scored in %.1f s%n",
        file, rows.length, names.size(), (System.nanoTime() - started) / 1e9);
    if (label != null) {
      float[][] truth = NumericCsv.read(file, List.of(label)).rows();
      boolean[] odd = new boolean[rows.length];
      for (int i = 0; i < odd.length; i++) {
        odd[i] = truth[i][0] != 0;
      }
      Ranking.Quality quality = Ranking.quality(scores, odd);
      System.out.printf(
          "AUC ROC %.3f%naverage precision %.3f%n", quality.auc(), quality.averagePrecision());
    }
    if (predictions != null) {
      List<String> lines = new ArrayList<>(List.of("row,score"));
      for (int i = 0; i < scores.length; i++) {
        lines.add((i + 1) + "," + scores[i]);
      }
      Files.write(predictions, lines);
    }
  }
}
