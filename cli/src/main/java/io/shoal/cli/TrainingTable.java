package io.shoal.cli;

import io.shoal.client.NumericCsv;
import io.shoal.features.FeatureSet;
import io.shoal.jobs.TopicTable;
import io.shoal.jobs.TrainerConfig;
import io.shoal.registry.client.ColumnNames;
import io.shoal.schemas.avro.LearnedOffset;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Points to fit a model to, and where they come from.
 *
 * @param source file name or topic
 * @param summary of what was read, for people
 * @param names of the features, {@code [d]}
 * @param rows the points, {@code [n][d]}
 * @param fingerprint of the features
 * @param eventTime up to which there are points; of a file, when it was read
 * @param offsets after the last records; none of a file
 */
@SuppressWarnings("ArrayRecordComponent") // Read once, never compared.
record TrainingTable(
    String source,
    String summary,
    List<String> names,
    float[][] rows,
    String fingerprint,
    Instant eventTime,
    List<LearnedOffset> offsets) {

  /** Columns of a file: those wanted, else the trainer's, else all. */
  static TrainingTable ofFile(Path file, List<String> wanted, @Nullable TrainerConfig trainer)
      throws IOException {
    List<String> columns = wanted.isEmpty() && trainer != null ? trainer.modelFeatures() : wanted;
    NumericCsv table = NumericCsv.read(file, columns);
    return new TrainingTable(
        String.valueOf(file.getFileName()),
        "%s: %,d rows of %d columns".formatted(file, table.rows().length, table.names().size()),
        table.names(),
        table.rows(),
        fingerprint(table.names(), trainer),
        Instant.now(),
        List.of());
  }

  /** What stands in a topic now; without a name, in that of the trainer. */
  static TrainingTable ofTopic(
      TrainerConfig trainer, @Nullable String name, int rowsMax, long seed) {
    String topic = name == null ? trainer.pointsTopic() : name;
    TopicTable table = TopicTable.read(trainer, topic, rowsMax, seed);
    float[][] rows = table.rows();
    String summary =
        "%s: %,d points of %d features".formatted(topic, table.seen(), rows[0].length)
            + (rows.length < table.seen()
                ? ", of which a sample of %,d".formatted(rows.length)
                : "")
            + (table.dropped().isEmpty() ? "" : "; not learned from: " + table.dropped());
    return new TrainingTable(
        topic,
        summary,
        trainer.modelFeatures(),
        rows,
        trainer.fingerprint(),
        table.eventTime(),
        table.offsets());
  }

  /** That of the trainer or of the demo's set where the columns are its features. */
  private static String fingerprint(List<String> names, @Nullable TrainerConfig trainer) {
    if (trainer != null && names.equals(trainer.modelFeatures())) {
      return trainer.fingerprint();
    }
    FeatureSet set = FeatureSet.cardTransactions();
    return set.names().containsAll(names) ? set.fingerprint() : ColumnNames.fingerprint(names);
  }
}
