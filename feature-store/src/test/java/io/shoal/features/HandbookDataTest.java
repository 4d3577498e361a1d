package io.shoal.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * Replays the handbook's transactions and compares a sample with what a direct reading of the
 * definitions gives on the raw history.
 */
@EnabledIf(
    value = "io.shoal.features.HandbookData#isHere",
    disabledReason = "the handbook's transactions are not under the folder of -Dshoal.shared")
class HandbookDataTest {
  private static final int SAMPLES = 10_000;
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final long DELAY = 7 * DAY;
  private static final int[] WINDOW_DAYS = {1, 7, 30};
  private static final FeatureSet FEATURES = FeatureSet.cardTransactions();

  private static HandbookData data;
  private static int[][] customerRows;
  private static int[][] terminalRows;
  private static final Map<Integer, float[]> COMPUTED = new HashMap<>();
  private static final Map<String, byte[]> CUSTOMERS = new HashMap<>();
  private static final Map<String, byte[]> TERMINALS = new HashMap<>();

  private record Interval(long fromMs, long toMs) {
    boolean holds(long timeMs) {
      return fromMs <= timeMs && timeMs < toMs;
    }
  }

  @BeforeAll
  static void replay() throws IOException {
    data = HandbookData.read(HandbookData.file());
    customerRows = data.rowsBy(i -> data.customers()[i]);
    terminalRows = data.rowsBy(i -> data.terminals()[i]);
    BitSet sample = new BitSet();
    new Random(2018).ints(0, data.size()).distinct().limit(SAMPLES).forEach(sample::set);
    replayAll(sample);
  }

  /** Labels come seven days after their transaction, just before the transactions of that time. */
  private static void replayAll(BitSet sample) {
    FeatureReplay replay =
        new FeatureReplay(
            FEATURES, unit -> FeatureReplay.StateStore.over(unit.inLine() ? CUSTOMERS : TERMINALS));
    float[] vector = new float[FEATURES.dimension()];
    Event event = FEATURES.newEvent();
    int labelled = 0;
    for (int i = 0; i < data.size(); i++) {
      for (; data.timesMs()[labelled] + DELAY <= data.timesMs()[i]; labelled++) {
        if (data.fraud()[labelled]) {
          fill(event, labelled);
          replay.fraud(event);
        }
      }
      fill(event, i);
      replay.process(event, vector);
      if (sample.get(i)) {
        COMPUTED.put(i, vector.clone());
      }
    }
    assertThat(replay.late()).isZero();
  }

  private static void fill(Event event, int row) {
    event.timeMs = data.timesMs()[row];
    event.keys[0] = String.valueOf(data.customers()[row]);
    event.keys[1] = String.valueOf(data.terminals()[row]);
    event.numbers[0] = data.amounts()[row];
  }

  @Test
  void shouldEqualTheSawtoothDefinitionOnTheRawHistory() {
    assertThat(COMPUTED).hasSize(SAMPLES);
    COMPUTED.forEach(
        (row, vector) -> {
          float[] expected = expected(row, true);
          for (int f = 0; f < expected.length; f++) {
            assertThat(vector[f])
                .as("%s of row %d", FEATURES.names().get(f), row)
                .isCloseTo(expected[f], within(1e-6f * Math.max(1, Math.abs(expected[f]))));
          }
        });
  }

  @Test
  void shouldLieWithinOneHopsEventsOfTheExactRollingWindows() {
    List<String> names = FEATURES.names();
    double[] distances = new double[names.size()];
    int[] different = new int[names.size()];
    COMPUTED.forEach(
        (row, vector) -> {
          assertWithinOneHop(row, vector);
          float[] exact = expected(row, false);
          for (int f = 0; f < exact.length; f++) {
            distances[f] += Math.abs(vector[f] - exact[f]) / SAMPLES;
            different[f] += Math.abs(vector[f] - exact[f]) > 1e-6f * Math.abs(exact[f]) ? 1 : 0;
          }
        });
    for (int f = 0; f < distances.length; f++) {
      System.out.printf(
          "%-28s mean distance from exact windows %.5f, differs in %.1f %%%n",
          names.get(f), distances[f], 100.0 * different[f] / SAMPLES);
      assertThat(distances[f])
          .as(names.get(f))
          .isLessThan(names.get(f).contains("mean_1d") ? 1 : 0.2);
    }
    for (int f : FEATURES.indexesOf(FEATURES.modelFeatures())) {
      assertThat(distances[f]).as(names.get(f)).isLessThan(0.005);
    }
  }

  @Test
  void shouldNeedAFewHundredBytesPerEntity() {
    assertThat(meanBytes("customer", CUSTOMERS)).isLessThan(300);
    assertThat(meanBytes("terminal", TERMINALS)).isLessThan(200);
  }

  private static double meanBytes(String entity, Map<String, byte[]> values) {
    int[] lengths = values.values().stream().mapToInt(v -> v.length).sorted().toArray();
    double mean = Arrays.stream(lengths).average().orElseThrow();
    System.out.printf(
        "%s: %,d values of mean %.0f, p99 %d bytes%n",
        entity, lengths.length, mean, lengths[lengths.length * 99 / 100]);
    return mean;
  }

  private static void assertWithinOneHop(int row, float[] vector) {
    long now = data.timesMs()[row];
    for (int w = 0; w < WINDOW_DAYS.length; w++) {
      long tail = now - WINDOW_DAYS[w] * DAY;
      float customer = vector[2 + w] - count(customerRow(row), row, exact(now, WINDOW_DAYS[w], 0));
      assertThat(customer).isBetween(0f, (float) count(customerRow(row), row, hopOf(tail)));
      float terminal =
          vector[10 + w] - count(terminalRow(row), row, exact(now, WINDOW_DAYS[w], DELAY));
      assertThat(terminal)
          .isBetween(
              (float) -count(terminalRow(row), row, hopOf(now - DELAY)),
              (float) count(terminalRow(row), row, hopOf(tail - DELAY)));
    }
  }

  private static float[] expected(int row, boolean sawtooth) {
    long now = data.timesMs()[row];
    double amount = data.amounts()[row];
    OffsetDateTime time = Instant.ofEpochMilli(now).atOffset(ZoneOffset.UTC);
    double[] means = new double[3];
    float[] expected = new float[17];
    expected[0] = (float) amount;
    for (int w = 0; w < 3; w++) {
      int days = WINDOW_DAYS[w];
      Interval recent = sawtooth ? sawtooth(now, days, 0) : exact(now, days, 0);
      Interval delayed = sawtooth ? sawtooth(now, days, DELAY) : exact(now, days, DELAY);
      int count = count(customerRow(row), row, recent);
      means[w] = sum(customerRow(row), row, recent) / count;
      expected[2 + w] = count;
      expected[5 + w] = (float) means[w];
      int seen = count(terminalRow(row), row, delayed);
      expected[10 + w] = seen;
      expected[13 + w] = seen == 0 ? 0 : (float) frauds(terminalRow(row), row, delayed) / seen;
    }
    expected[1] = (float) Math.min(20, Math.max(amount, 1) / Math.max(means[2], 1));
    expected[8] = time.getDayOfWeek().compareTo(DayOfWeek.SATURDAY) >= 0 ? 1 : 0;
    expected[9] = time.getHour() <= 6 ? 1 : 0;
    expected[16] = (float) (Math.max(means[1], 0.01) / Math.max(means[2], 0.01));
    return expected;
  }

  private static Interval exact(long now, int days, long delay) {
    return new Interval(now - delay - days * DAY + 1, now - delay + 1);
  }

  private static Interval sawtooth(long now, int days, long delay) {
    long head = delay == 0 ? now + 1 : (now - delay) / HOUR * HOUR;
    return new Interval((now - delay - days * DAY) / HOUR * HOUR, head);
  }

  private static Interval hopOf(long timeMs) {
    return new Interval(timeMs / HOUR * HOUR, timeMs / HOUR * HOUR + HOUR);
  }

  private static int[] customerRow(int row) {
    return customerRows[data.customers()[row]];
  }

  private static int[] terminalRow(int row) {
    return terminalRows[data.terminals()[row]];
  }

  /** Rows of the entity within the interval; those after the row at hand have not come yet. */
  private static int[] inside(int[] rows, int row, Interval interval) {
    return Arrays.stream(rows).filter(r -> r <= row && interval.holds(data.timesMs()[r])).toArray();
  }

  private static int count(int[] rows, int row, Interval interval) {
    return inside(rows, row, interval).length;
  }

  private static double sum(int[] rows, int row, Interval interval) {
    return Arrays.stream(inside(rows, row, interval)).mapToDouble(r -> data.amounts()[r]).sum();
  }

  private static long frauds(int[] rows, int row, Interval interval) {
    return Arrays.stream(inside(rows, row, interval)).filter(r -> data.fraud()[r]).count();
  }
}
