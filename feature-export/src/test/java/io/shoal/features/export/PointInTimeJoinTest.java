package io.shoal.features.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.shoal.config.ConfigException;
import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.features.definition.FeatureSetDefinition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PointInTimeJoinTest {
  private static final FeatureSet FEATURES =
      new FeatureSet(
          FeatureSetDefinition.parse(
              """
              name: orders
              source: {topic: orders, id: order_id, event_time: at}
              entities:
                buyer: {key: buyer, hop: 1m}
                shop: {key: shop, hop: 1m}
              aggregates:
                buyer_sum: {entity: buyer, function: sum, of: {field: total}, windows: [7d]}
                buyer_bad: {entity: buyer, function: count, over: labels, windows: [7d]}
                shop_bad: {entity: shop, function: rate, over: labels, windows: [7d], missing: -1}
              features:
                - {name: total, value: {field: total}, resolution: 1, missing: -1}
                - {name: buyer_sum_7d, resolution: 1}
                - {name: buyer_bad_7d, resolution: 1}
                - {name: shop_bad_7d, resolution: 1}
              """,
              "orders.yaml"));
  private static final Instant NOON = Instant.parse("2024-05-06T12:00:00Z");

  @TempDir Path folder;

  private record Row(String id, List<Float> vector, @Nullable KnownLabel label) {}

  private static final class Rows implements VectorSink {
    final List<Row> rows = new ArrayList<>();

    @Override
    public void write(Event event, float[] vector, @Nullable KnownLabel label) {
      List<Float> copy = new ArrayList<>();
      for (float value : vector) {
        copy.add(value);
      }
      rows.add(new Row(event.id, copy, label));
    }

    @Override
    public void close() {}
  }

  @Test
  void shouldLearnLabelsWhenTheyBecomeKnownAndNotBefore() throws IOException {
    Path events =
        file(
            "events.csv",
            "order_id,at,buyer,shop,total,bad",
            row(1, 0, "anna", "books", "10", "1"),
            row(2, 30, "anna", "books", "5", "0"),
            row(3, 59, "bert", "books", "", ""),
            row(4, 60, "anna", "shoes", "1", "0"),
            row(5, 61, "bert", "books", "2", "0"));
    Rows rows = new Rows();
    try (History history = new CsvEvents(FEATURES, events, "bad", Duration.ofMinutes(60))) {
      assertThat(new PointInTimeJoin(FEATURES, new Labels()).exportEvents(history, rows))
          .isEqualTo(5);
    }

    assertThat(rows.rows)
        .extracting(Row::vector)
        .containsExactly(
            List.of(10f, 10f, 0f, -1f),
            List.of(5f, 15f, 0f, 0f),
            List.of(-1f, 0f, 0f, 0f),
            List.of(1f, 16f, 1f, -1f),
            List.of(2f, 2f, 0f, 1f / 3));
    assertThat(rows.rows.get(0).label)
        .isEqualTo(new KnownLabel(true, NOON.plusSeconds(3_600).toEpochMilli()));
    assertThat(rows.rows.get(2).label).isNull();
  }

  @Test
  void shouldJoinRowsToWhatWasKnownAtTheirTime() throws IOException {
    Path events =
        file(
            "events.csv",
            "order_id,at,buyer,shop,total",
            row(1, 0, "anna", "books", "10"),
            row(2, 30, "anna", "books", "5"),
            row(3, 90, "anna", "books", "7"));
    Path labels =
        file(
            "labels.csv",
            "order_id,fraud,known_at",
            "2,true," + NOON.plusSeconds(45 * 60),
            "2,false," + NOON.plusSeconds(50 * 60));
    Path wanted =
        file(
            "rows.csv",
            "order_id,at,buyer,shop,total",
            row(102, 44, "anna", "books", "100"),
            row(101, 30, "anna", "books", "100"),
            row(103, 45, "anna", "books", "100"),
            row(104, 89, "anna", "shoes", "100"),
            row(105, 500, "bert", "shoes", "100"));
    Rows rows = new Rows();
    try (History history = new CsvEvents(FEATURES, events);
        History at = new CsvEvents(FEATURES, wanted)) {
      new PointInTimeJoin(FEATURES, Labels.read(labels, "order_id")).exportRows(history, at, rows);
    }

    assertThat(rows.rows)
        .extracting(Row::id, Row::vector)
        .containsExactly(
            tuple("101", List.of(100f, 15f, 0f, 0f)),
            tuple("102", List.of(100f, 15f, 0f, 0f)),
            tuple("103", List.of(100f, 15f, 1f, 0.5f)),
            tuple("104", List.of(100f, 15f, 1f, -1f)),
            tuple("105", List.of(100f, 0f, 0f, -1f)));
  }

  /** Whatever comes later, vectors of before do not change. */
  @Test
  void shouldLeakNothingFromTheFuture() throws IOException {
    Random random = new Random(8);
    List<String> lines = new ArrayList<>(List.of("order_id,at,buyer,shop,total,bad"));
    for (int i = 0; i < 400; i++) {
      lines.add(
          row(
              i,
              i * 20 - random.nextInt(30),
              "b" + random.nextInt(5),
              "s" + random.nextInt(5),
              String.valueOf(random.nextInt(100)),
              random.nextInt(4) == 0 ? "1" : "0"));
    }
    List<Row> whole = export(lines);
    assertThat(whole).extracting(r -> r.vector.get(3)).anyMatch(rate -> rate > 0);
    for (int end = 1; end < 400; end += 37) {
      List<String> past = new ArrayList<>(lines.subList(0, end + 1));
      assertThat(export(past)).isEqualTo(whole.subList(0, end));

      // Other amounts, other labels from here on.
      for (String line : lines.subList(end + 1, lines.size())) {
        String[] cells = line.split(",", -1);
        cells[4] = "99999";
        cells[5] = cells[5].equals("1") ? "0" : "1";
        past.add(String.join(",", cells));
      }
      assertThat(export(past).subList(0, end)).isEqualTo(whole.subList(0, end));
    }
  }

  private List<Row> export(List<String> lines) throws IOException {
    Rows rows = new Rows();
    Path events = file("leak.csv", lines.toArray(new String[0]));
    try (History history = new CsvEvents(FEATURES, events, "bad", Duration.ofHours(12))) {
      new PointInTimeJoin(FEATURES, new Labels()).exportEvents(history, rows);
    }
    return rows.rows;
  }

  @Test
  void shouldReadCompressedFiles() throws IOException {
    Path file = folder.resolve("events.csv.gz");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(
          ("order_id,at,buyer,shop,total\n" + row(1, 0, "anna", "books", "10"))
              .getBytes(StandardCharsets.UTF_8));
    }
    Files.write(file, bytes.toByteArray());
    Event event = FEATURES.newEvent();
    try (History history = new CsvEvents(FEATURES, file)) {
      assertThat(history.next(event)).isTrue();
      assertThat(event.keys).containsExactly("anna", "books");
      assertThat(history.next(event)).isFalse();
    }
  }

  @Test
  void shouldNameFileAndLineOfWhatIsWrong() throws IOException {
    assertBad("no column 'at'; did you mean 'att'?", "order_id,att,buyer,shop,total");
    String header = "order_id,at,buyer,shop,total";
    assertBad("bad.csv:2: 'noon' is no time", header, "1,noon,anna,books,1");
    assertBad("bad.csv:2: 'x' is no number", header, row(1, 0, "anna", "books", "x"));
    assertBad(
        "bad.csv:3: '1e999' is not finite",
        header,
        row(1, 0, "a", "b", "1"),
        row(1, 0, "a", "b", "1e999"));
    assertBad("bad.csv:2: 4 cells under 5 columns", header, "1,noon,anna,books");
    assertThatThrownBy(() -> new CsvEvents(FEATURES, folder.resolve("none.csv")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("none.csv");
  }

  private void assertBad(String message, String... lines) throws IOException {
    Path events = file("bad.csv", lines);
    assertThatThrownBy(
            () -> {
              try (History history = new CsvEvents(FEATURES, events)) {
                new PointInTimeJoin(FEATURES, new Labels()).exportEvents(history, new Rows());
              }
            })
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  private Path file(String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name), Arrays.asList(lines));
  }

  private static String row(int id, int minute, String... cells) {
    return id + "," + NOON.plusSeconds(60L * minute) + "," + String.join(",", cells);
  }
}
