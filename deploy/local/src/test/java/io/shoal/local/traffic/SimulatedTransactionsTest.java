package io.shoal.local.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.shoal.schemas.avro.Transaction;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class SimulatedTransactionsTest {
  private static final SimulationParameters HANDBOOK = SimulationParameters.handbook(42);
  private static final SimulationParameters SMALL =
      new SimulationParameters(300, 2_000, LocalDate.of(2018, 4, 1), 7);

  /** CRC-32 of the first 20,000 transactions of the small world, as Avro. */
  private static final long PINNED = 2_549_317_648L;

  @Test
  void shouldHaveHandbooksVolumeAndShares() {
    // The handbook's own data: 136 days, 9,587 a day, shares of the scenarios .056, .501, .261 %.
    int days = 136;
    SimulatedTransactions source = new SimulatedTransactions(HANDBOOK);
    Instant end = Instant.parse("2018-04-01T00:00:00Z").plus(Duration.ofDays(days));
    long[] scenarios = new long[4];
    double amounts = 0;
    long count = 0;
    for (source.next(); source.transaction().getEventTime().isBefore(end); source.next()) {
      scenarios[source.scenario()]++;
      amounts += source.transaction().getAmount();
      count++;
      assertThat(source.fraud()).isEqualTo(source.scenario() != 0);
    }
    assertThat(count / (double) days).isCloseTo(9_587, within(300.0));
    assertThat(amounts / count).isCloseTo(53.6, within(1.5));
    assertThat(1 - scenarios[0] / (double) count).isCloseTo(.0082, within(.0009));
    assertThat(scenarios[1] / (double) count).isCloseTo(.00056, within(.00015));
    assertThat(scenarios[2] / (double) count).isCloseTo(.0050, within(.0008));
    assertThat(scenarios[3] / (double) count).isCloseTo(.0026, within(.0004));
  }

  @Test
  void shouldComeInOrderOfEventTimeWithConsecutiveIds() {
    SimulatedTransactions source = new SimulatedTransactions(SMALL);
    Instant last = Instant.parse("2018-04-01T00:00:00Z");
    for (long id = 0; id < 20_000; id++) {
      assertThat(source.next()).isEqualTo(TransactionSource.Item.TRANSACTION);
      assertThat(source.transaction().getTransactionId()).isEqualTo(String.valueOf(id));
      assertThat(source.transaction().getEventTime()).isAfterOrEqualTo(last);
      last = source.transaction().getEventTime();
    }
    assertThat(last).isAfter(Instant.parse("2018-05-01T00:00:00Z"));
  }

  @Test
  void shouldBePaidAroundNoonInWholeCents() {
    SimulatedTransactions source = new SimulatedTransactions(SMALL);
    int daytime = 0;
    for (int i = 0; i < 20_000; i++) {
      source.next();
      double cents = 100 * source.transaction().getAmount();
      assertThat(cents).isNotNegative().isCloseTo(Math.rint(cents), within(1e-6));
      long hour = source.transaction().getEventTime().getEpochSecond() / 3_600 % 24;
      daytime += hour >= 6 && hour < 18 ? 1 : 0;
    }
    // Normal, deviation 20,000 s, cut at the day's ends: (2 F(1.08) - 1) / (2 F(2.16) - 1).
    assertThat(daytime / 20_000.0).isCloseTo(.743, within(.02));
  }

  @Test
  void shouldDeriveFraudFromItsScenario() {
    SimulatedTransactions source = new SimulatedTransactions(HANDBOOK);
    Map<String, Set<Long>> fraudDays = new HashMap<>();
    Map<String, Set<Long>> honestDays = new HashMap<>();
    for (int i = 0; i < 400_000; i++) {
      source.next();
      Transaction transaction = source.transaction();
      if (source.scenario() == SimulatedDay.HIGH_AMOUNT) {
        assertThat(transaction.getAmount()).isGreaterThan(220);
      }
      if (source.scenario() == SimulatedDay.LEGITIMATE) {
        assertThat(transaction.getAmount()).isLessThanOrEqualTo(220);
      }
      if (source.scenario() != SimulatedDay.LEAKED_CUSTOMER) {
        long day = transaction.getEventTime().getEpochSecond() / 86_400;
        Map<String, Set<Long>> days =
            source.scenario() == SimulatedDay.COMPROMISED_TERMINAL ? fraudDays : honestDays;
        days.computeIfAbsent(transaction.getTerminalId(), t -> new HashSet<>()).add(day);
      }
    }
    assertThat(fraudDays).hasSizeGreaterThan(50);
    fraudDays.forEach(
        (terminal, days) ->
            assertThat(days)
                .doesNotContainAnyElementsOf(honestDays.getOrDefault(terminal, Set.of())));
    assertThat(fraudDays.values().stream().mapToInt(Set::size).max().orElseThrow())
        .isBetween(15, 56);
  }

  @Test
  void shouldGiveSameBytesForSameSeedOnEveryJava() throws IOException {
    assertThat(checksum(new SimulatedTransactions(SMALL))).isEqualTo(PINNED);
    SimulationParameters otherSeed =
        new SimulationParameters(SMALL.customers(), SMALL.terminals(), SMALL.start(), 8);
    assertThat(checksum(new SimulatedTransactions(otherSeed))).isNotEqualTo(PINNED);
  }

  @Test
  void shouldGoOnFromPositionAsIfUninterrupted() {
    SimulatedTransactions uninterrupted = new SimulatedTransactions(SMALL);
    take(uninterrupted, 12_345);
    SimulatedTransactions resumed = new SimulatedTransactions(SMALL, uninterrupted.position());
    assertThat(take(resumed, 5_000)).isEqualTo(take(uninterrupted, 5_000));
    assertThat(resumed.position()).isEqualTo(uninterrupted.position());
  }

  @Test
  void shouldBeginWithAnyDay() {
    SimulatedTransactions uninterrupted = new SimulatedTransactions(SMALL);
    do {
      uninterrupted.next();
    } while (uninterrupted.position().day() < 40);
    Transaction first = uninterrupted.transaction();
    SimulatedTransactions begun =
        new SimulatedTransactions(SMALL, 40, Long.parseLong(first.getTransactionId()));
    assertThat(take(begun, 1)).containsExactly(first);
    assertThat(take(begun, 1_000)).isEqualTo(take(uninterrupted, 1_000));
  }

  @Test
  void shouldGoOnWithNextDayWhenSeedChanges() {
    SimulatedTransactions source = new SimulatedTransactions(SMALL);
    List<Transaction> taken = take(source, 5_000);
    SimulatedTransactions other =
        new SimulatedTransactions(
            new SimulationParameters(300, 2_000, SMALL.start(), 8), source.position());
    Transaction first = take(other, 1).get(0);
    assertThat(first.getTransactionId()).isEqualTo("5000");
    assertThat(first.getEventTime()).isAfter(taken.get(4_999).getEventTime());
  }

  @Test
  void shouldKnowThePastFraudsWhoseLabelsAreStillToCome() {
    SimulatedTransactions source = new SimulatedTransactions(SMALL);
    Map<String, Long> frauds = new HashMap<>();
    for (int i = 0; i < 12_345; i++) {
      source.next();
      if (source.fraud()) {
        frauds.put(
            source.transaction().getTransactionId(),
            source.transaction().getEventTime().toEpochMilli());
      }
    }
    long weekAgoMs = source.transaction().getEventTime().minus(Duration.ofDays(7)).toEpochMilli();
    frauds.values().removeIf(timeMs -> timeMs <= weekAgoMs);
    Map<String, Long> past = new HashMap<>();
    new SimulatedTransactions(SMALL, source.position()).pastFrauds(Duration.ofDays(7), past::put);
    assertThat(past).isNotEmpty().isEqualTo(frauds);
  }

  @Test
  void shouldHaveNoPastAtTheBeginning() {
    Map<String, Long> past = new HashMap<>();
    new SimulatedTransactions(SMALL).pastFrauds(Duration.ofDays(7), past::put);
    new SimulatedTransactions(SMALL, 40, 0).pastFrauds(Duration.ofDays(7), past::put);
    assertThat(past).isEmpty();
  }

  private static long checksum(SimulatedTransactions source) throws IOException {
    CRC32 crc = new CRC32();
    for (Transaction transaction : take(source, 20_000)) {
      crc.update(transaction.toByteBuffer());
    }
    return crc.getValue();
  }

  private static List<Transaction> take(SimulatedTransactions source, int count) {
    List<Transaction> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      source.next();
      taken.add(source.transaction());
    }
    return taken;
  }
}
