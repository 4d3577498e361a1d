package io.shoal.features.export;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/** What became known of events, by their id: at most one label each, the one known first. */
public final class Labels {
  private final Map<String, KnownLabel> byId = new HashMap<>();

  /** Adds a label; of several of an event, the one that is known first counts. */
  public void add(String id, KnownLabel label) {
    byId.merge(id, label, (a, b) -> b.knownAtMs() < a.knownAtMs() ? b : a);
  }

  /**
   * Reads a CSV file.
   *
   * @param id name of the column with the event's id; beside it stand {@code fraud} and {@code
   *     known_at}
   * @throws io.shoal.config.ConfigException when something in it cannot be read
   */
  public static Labels read(Path file, String id) throws IOException {
    Labels labels = new Labels();
    try (Csv csv = Csv.open(file)) {
      int idColumn = csv.column(id);
      int fraud = csv.column("fraud");
      int knownAt = csv.column("known_at");
      while (csv.hasNext()) {
        CSVRecord row = csv.next();
        labels.add(row.get(idColumn), new KnownLabel(csv.flag(row, fraud), csv.time(row, knownAt)));
      }
    }
    return labels;
  }

  /** What became known of an event; null where nothing did. */
  public @Nullable KnownLabel of(String id) {
    return byId.get(id);
  }
}
