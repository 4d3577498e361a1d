package io.shoal.cli;

import io.shoal.config.ConfigException;
import io.shoal.features.FeatureSet;
import io.shoal.features.export.CsvEvents;
import io.shoal.features.export.History;
import io.shoal.features.export.Labels;
import io.shoal.features.export.ParquetVectors;
import io.shoal.features.export.PointInTimeJoin;
import io.shoal.features.export.TopicHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Computes a feature set over a history and writes Parquet. */
@Command(
    name = "export",
    description = {
      "Computes a feature set over a history and writes Parquet: a row for each event, or for each"
          + " row of --rows as it was known at that time."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Files have a header with the names of the record's fields, times in ISO-8601. Labels are",
      "learned when they became known: from --labels (ID,fraud,known_at; or 'topic'), or from a",
      "column of the events, --label-delay after the event.",
      "",
      "  shoal features export --features orders.yaml --from orders.csv.gz --to orders.parquet \\",
      "      --label fraud --label-delay 7d"
    })
final class FeatureExportCommand implements Callable<Integer> {
  private static final String TOPIC = "topic";

  @Option(
      names = "--features",
      paramLabel = "FILE",
      description = "The feature set (default: the card transactions of the demo).")
  private @Nullable Path set;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "FILE.csv[.gz]|topic",
      description =
          "The history, in the order in which it came, or the word 'topic': the source's.")
  private String from;

  @Option(names = "--to", required = true, paramLabel = "OUT.parquet", description = "The result.")
  private Path to;

  @Option(
      names = "--rows",
      paramLabel = "FILE.csv[.gz]",
      description = "Rows to compute, with the columns of events.")
  private @Nullable Path rows;

  @Option(
      names = "--labels",
      paramLabel = "FILE.csv[.gz]|topic",
      description = "What became known of the events, and when.")
  private @Nullable String labels;

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description = "Column of the history that says whether the event was fraud.")
  private @Nullable String label;

  @Option(
      names = "--label-delay",
      paramLabel = "7d",
      defaultValue = "7d",
      description = "When that became known, in m, h or d after the event (default: 7d).")
  private String labelDelay;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "For 'topic': properties as the sidecar's; three of them are read, and kafka.*.")
  private @Nullable Path config;

  @Override
  public Integer call() throws IOException {
    FeatureSet features = set == null ? FeatureSet.cardTransactions() : FeatureSet.load(set);
    Path parent = to.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new ConfigException("there is no folder " + parent + " to write " + to + " into");
    }
    PointInTimeJoin join = new PointInTimeJoin(features, labels(features));
    long written;
    try (History history = history(features);
        ParquetVectors sink = new ParquetVectors(features, to)) {
      if (rows == null) {
        written = join.exportEvents(history, sink);
      } else {
        try (History wanted = new CsvEvents(features, rows)) {
          written = join.exportRows(history, wanted, sink);
        }
      }
      if (history instanceof TopicHistory topic && topic.skipped() > 0) {
        System.out.printf("%,d records of the topic could not be read%n", topic.skipped());
      }
    }
    System.out.printf(
        "%,d rows of %d features in %s; %,d events came too late for some windows%n",
        written, features.dimension(), to, join.late());
    return 0;
  }

  private History history(FeatureSet features) {
    if (from.equals(TOPIC)) {
      KafkaAddresses kafka = kafka();
      return new TopicHistory(
          features, kafka.topic(features.source().topic()), kafka.client(), kafka.registry());
    }
    return new CsvEvents(features, Path.of(from), label, delay());
  }

  private Labels labels(FeatureSet features) throws IOException {
    if (labels == null) {
      return new Labels();
    }
    if (labels.equals(TOPIC)) {
      KafkaAddresses kafka = kafka();
      return TopicHistory.labels(kafka.topic("labels"), kafka.client(), kafka.registry());
    }
    return Labels.read(Path.of(labels), features.source().id());
  }

  private KafkaAddresses kafka() {
    if (config == null) {
      throw new ConfigException("'topic' needs --config with the addresses of Kafka");
    }
    return KafkaAddresses.read(config);
  }

  private Duration delay() {
    return delay(labelDelay);
  }

  static Duration delay(String labelDelay) {
    if (!labelDelay.matches("[0-9]{1,5}[mhd]")) {
      throw new ConfigException("--label-delay " + labelDelay + ": write it as 30m, 12h or 7d");
    }
    long amount = Long.parseLong(labelDelay.substring(0, labelDelay.length() - 1));
    return switch (labelDelay.charAt(labelDelay.length() - 1)) {
      case 'd' -> Duration.ofDays(amount);
      case 'h' -> Duration.ofHours(amount);
      default -> Duration.ofMinutes(amount);
    };
  }
}
