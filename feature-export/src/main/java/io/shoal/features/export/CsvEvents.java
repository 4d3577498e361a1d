package io.shoal.features.export;

import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.features.definition.FeatureSetDefinition.Entity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/** Events out of a CSV file whose columns are named as the fields of the source. */
public final class CsvEvents implements History {
  private final Csv csv;
  private final int id;
  private final int eventTime;
  private final int[] keys;
  private final int[] numbers;
  private final int[] categories;
  private final int label;
  private final long labelDelayMs;
  private @Nullable CSVRecord record;
  private long timeMs;

  /**
   * A history without labels.
   *
   * @throws io.shoal.config.ConfigException when the file or a column is missing
   */
  public CsvEvents(FeatureSet features, Path file) {
    this(features, file, null, Duration.ZERO);
  }

  /**
   * @param label column that says whether the event was fraud; null: none does
   * @param labelDelay after which that became known
   * @throws io.shoal.config.ConfigException when the file or a column is missing
   */
  public CsvEvents(FeatureSet features, Path file, @Nullable String label, Duration labelDelay) {
    csv = Csv.open(file);
    id = csv.column(features.source().id());
    eventTime = csv.column(features.source().eventTime());
    keys = features.entities().stream().map(Entity::key).mapToInt(csv::column).toArray();
    numbers = features.numberFields().stream().mapToInt(csv::column).toArray();
    categories = features.categoryFields().stream().mapToInt(csv::column).toArray();
    this.label = label == null ? -1 : csv.column(label);
    this.labelDelayMs = labelDelay.toMillis();
  }

  @Override
  public boolean next(Event event) {
    if (!csv.hasNext()) {
      return false;
    }
    CSVRecord row = csv.next();
    record = row;
    timeMs = csv.time(row, eventTime);
    event.id = row.get(id);
    event.timeMs = timeMs;
    for (int i = 0; i < keys.length; i++) {
      event.keys[i] = row.get(keys[i]);
    }
    for (int i = 0; i < numbers.length; i++) {
      event.numbers[i] = csv.number(row, numbers[i]);
    }
    for (int i = 0; i < categories.length; i++) {
      String cell = row.get(categories[i]);
      event.categories[i] = cell.isEmpty() ? 0 : Event.hash(cell);
    }
    return true;
  }

  @Override
  public @Nullable KnownLabel label() {
    if (record == null || label < 0 || record.get(label).isEmpty()) {
      return null;
    }
    return new KnownLabel(csv.flag(record, label), timeMs + labelDelayMs);
  }

  @Override
  public double progress() {
    return csv.progress();
  }

  @Override
  public void close() throws IOException {
    csv.close();
  }
}
