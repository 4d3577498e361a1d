package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.serving.GradeRow.Ranking;
import io.shoal.serving.Grades.Grade;
import io.shoal.serving.Grades.OfVersion;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A clock that goes as the one on the wall, versions by the minute, labels a week late. */
class GradeLedgerTest {
  private static final long START = LocalDate.of(2026, 3, 1).toEpochDay();
  private static final int MATURITY = 7;
  private static final Duration LATE = Duration.ofDays(7);
  private static final int VERSIONS_PER_DAY = 1_440;
  private static final int EVENTS_PER_VERSION = 5;
  private static final int FRAUD_EVERY = 50;

  private final KeyValueStore<Bytes, byte[]> store =
      Stores.keyValueStoreBuilder(
              Stores.inMemoryKeyValueStore("grades"), Serdes.Bytes(), Serdes.ByteArray())
          .withLoggingDisabled()
          .withCachingDisabled()
          .build();
  private final GradeLedger ledger = new GradeLedger(store, Duration.ofDays(12));
  private final GradeReader reader = new GradeReader(store);
  private final Queue<Entry> unlabelled = new ArrayDeque<>();
  private final Random random = new Random(1);
  private int events;

  /** What was scored. */
  private record Entry(long version, long atMs, double score) {}

  @BeforeEach
  void open() {
    store.init(new MockProcessorContext<>().getStateStoreContext(), store);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void shouldGradeEveryVersionHoweverManyFollowedBeforeItsLabelsCame() {
    run(0, 9);

    Grades grades = days();
    int last = grades.maturedDay(MATURITY);
    assertThat(last).isEqualTo(START + 1);
    assertThat(grades.ofDays(last, 100)).hasSize(2).allSatisfy(GradeLedgerTest::isOfAWholeDay);
    // Version by version, page by page, without a gap: all those of the first two days.
    List<Long> versions = new ArrayList<>();
    long frauds = 0;
    for (List<OfVersion> page = page(last, Long.MAX_VALUE);
        !page.isEmpty();
        page = page(last, page.get(page.size() - 1).version())) {
      for (OfVersion of : page) {
        versions.add(of.version());
        frauds += of.grade().quality().frauds();
        assertThat(of.grade().scored()).isEqualTo(EVENTS_PER_VERSION);
        assertThat(of.grade().labelled()).isEqualTo(of.grade().quality().frauds());
      }
    }
    assertThat(versions).hasSize(2 * VERSIONS_PER_DAY).doesNotHaveDuplicates();
    assertThat(versions.get(0)).isEqualTo(2 * VERSIONS_PER_DAY);
    assertThat(frauds).isEqualTo(2 * VERSIONS_PER_DAY * EVENTS_PER_VERSION / FRAUD_EVERY);
  }

  private static void isOfAWholeDay(Grade grade) {
    assertThat(grade.ranking()).isEqualTo(Ranking.SCORE);
    assertThat(grade.scored()).isEqualTo(VERSIONS_PER_DAY * EVENTS_PER_VERSION);
    assertThat(grade.quality().frauds()).isEqualTo(grade.scored() / FRAUD_EVERY);
    // Scores of frauds are those of others to the fourth root: the area is 4/5.
    assertThat(grade.quality().auc()).isBetween(0.74, 0.86);
    assertThat(grade.quality().aucError()).isBetween(0.005, 0.05);
  }

  @Test
  void shouldAddUpTheDaysOfAVersionThatCameBack() {
    run(0, 2);
    for (int day = 2; day < 10; day++) {
      score(7, day, 0.5);
    }

    assertThat(page(days().maturedDay(MATURITY), 8))
        .first()
        .satisfies(
            of -> {
              assertThat(of.version()).isEqualTo(7);
              assertThat(of.grade().scored()).isEqualTo(EVENTS_PER_VERSION + 1);
              assertThat(of.grade().firstDay()).isEqualTo(START);
              assertThat(of.grade().lastDay()).isEqualTo(START + 2);
            });
  }

  @Test
  void shouldForgetOldDaysAFewRowsAtATime() {
    run(0, 2);
    run(14, 15);
    long today = Duration.ofDays(START + 14).toMillis();
    ledger.sweep(today);
    assertThat(rows()).isEqualTo(3 * (VERSIONS_PER_DAY + 1) - 1_000);

    ledger.sweep(today);
    ledger.sweep(today);
    assertThat(rows()).isEqualTo(VERSIONS_PER_DAY + 1);
    assertThat(days().ofDays(Integer.MAX_VALUE, 1)).hasSize(1);
  }

  @Test
  void shouldTakeNothingFromWhatIsForgotten() {
    Entry entry = new Entry(1, Duration.ofDays(START).toMillis(), 0.9);
    labelled(entry);
    assertThat(days().ofDays(Integer.MAX_VALUE, 1)).isEmpty();
  }

  @Test
  void shouldForgetRowsOfAnEarlierForm() {
    store.put(Bytes.wrap(new byte[16]), new byte[8]);
    run(0, 1);
    assertThat(days().ofDays(Integer.MAX_VALUE, 1)).hasSize(1);
    ledger.sweep(Duration.ofDays(START).toMillis());
    assertThat(store.get(Bytes.wrap(new byte[16]))).isNull();
  }

  @Test
  void shouldAddUpWhatInstancesSendEachOther() {
    run(0, 1);
    Grades one = days();
    Grades both = days();
    both.add(one.toBytes());
    assertThat(both.ofDays(Integer.MAX_VALUE, 1).get(0).scored())
        .isEqualTo(2 * one.ofDays(Integer.MAX_VALUE, 1).get(0).scored());
  }

  @Test
  void shouldCountAPackAsItsEntriesOneByOne() {
    List<Entry> pack = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      long atMs = Duration.ofDays(START + random.nextInt(2)).toMillis();
      pack.add(new Entry(1 + random.nextInt(3), atMs, random.nextDouble()));
    }
    count(pack, 1);
    Map<Bytes, ByteBuffer> oneByOne = contents();
    oneByOne.keySet().forEach(store::delete);
    count(pack, pack.size());

    assertThat(oneByOne).hasSize(8);
    assertThat(contents()).isEqualTo(oneByOne);
  }

  /** Counts entries, some of which are labelled at once, and writes after so many. */
  private void count(List<Entry> entries, int writeEvery) {
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      scored(entry);
      if (i % FRAUD_EVERY == 0) {
        labelled(entry);
      }
      if ((i + 1) % writeEvery == 0) {
        ledger.write();
      }
    }
  }

  private Map<Bytes, ByteBuffer> contents() {
    Map<Bytes, ByteBuffer> contents = new HashMap<>();
    try (var rows = store.all()) {
      rows.forEachRemaining(row -> contents.put(row.key, ByteBuffer.wrap(row.value)));
    }
    return contents;
  }

  @Test
  void shouldKeepARowSmall() {
    run(0, 1);
    long bytes = 0;
    try (var rows = store.all()) {
      while (rows.hasNext()) {
        bytes += rows.next().value.length;
      }
    }
    assertThat(bytes).isLessThan(60L * events);
  }

  /** Lets days pass: a version decides for a minute, a label comes a week after its transaction. */
  private void run(int firstDay, int endDay) {
    long step = Duration.ofDays(1).toMillis() / VERSIONS_PER_DAY;
    for (int i = firstDay * VERSIONS_PER_DAY; i < endDay * VERSIONS_PER_DAY; i++) {
      long nowMs = Duration.ofDays(START).toMillis() + i * step;
      for (int e = 0; e < EVENTS_PER_VERSION; e++) {
        boolean fraud = events++ % FRAUD_EVERY == 0;
        double score = Math.pow(random.nextDouble(), fraud ? 0.25 : 1);
        Entry entry = new Entry(i + 1, nowMs, score);
        scored(entry);
        ledger.write();
        if (fraud) {
          unlabelled.add(entry);
        }
      }
      while (!unlabelled.isEmpty() && unlabelled.peek().atMs + LATE.toMillis() <= nowMs) {
        Entry due = unlabelled.remove();
        labelled(due);
      }
    }
  }

  private long rows() {
    long rows = 0;
    try (var all = store.all()) {
      while (all.hasNext()) {
        all.next();
        rows++;
      }
    }
    return rows;
  }

  private void score(long version, int day, double score) {
    long atMs = Duration.ofDays(START + day).toMillis();
    scored(new Entry(version, atMs, score));
    ledger.write();
  }

  private void scored(Entry entry) {
    ledger.scored(entry.version, entry.score, Double.NaN, entry.atMs);
  }

  private void labelled(Entry entry) {
    ledger.labelled(entry.version, entry.score, Double.NaN, entry.atMs, true);
  }

  private Grades days() {
    Grades grades = new Grades();
    reader.addDays(grades);
    return grades;
  }

  private List<OfVersion> page(int lastDay, long before) {
    Grades grades = new Grades();
    reader.addVersions(grades, lastDay, before, 100);
    return grades.ofVersions(100, 100);
  }
}
