package io.shoal.features.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.shoal.features.state.MoneyWindows.Kept;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Compares with a naive recomputation from the raw events. */
class WindowGroupPropertyTest {
  private static final long HOP = Duration.ofMinutes(10).toMillis();
  private static final int REACH_HOPS = 20;
  private static final long REACH = REACH_HOPS * HOP;
  private static final long RETAINED = (REACH_HOPS + 1) * HOP;

  private record Event(long timeMs, double amount, boolean fraud) {}

  /** Streams of any seed: mostly forward, with ties, disorder within and beyond the retention. */
  @Property(tries = 500)
  void shouldEqualTheRecomputationFromRawEvents(
      @ForAll long seed, @ForAll Kept keeps, @ForAll @IntRange(min = 1, max = 300) int operations) {
    Random random = new Random(seed);
    MoneyWindows state = newState(keeps);
    List<Event> kept = new ArrayList<>();
    long now = random.nextLong(-RETAINED, RETAINED);
    for (int i = 0; i < operations; i++) {
      now = Math.max(now, add(state, kept, eventTime(random, now), amount(random)));
      if (random.nextInt(3) == 0) {
        label(state, kept, random.nextInt(kept.size()));
      }
      if (random.nextInt(4) == 0) {
        byte[] bytes = state.toBytes();
        state = newState(keeps);
        state.read(bytes);
      }
      assertWindows(state, keeps, kept, now + random.nextLong(2 * HOP), random);
    }
  }

  /** What is copied of the value that was read must be what would be written anew. */
  @Property(tries = 500)
  void shouldWriteTheSameWhetherReadFromAValueOrNot(
      @ForAll long seed, @ForAll Kept keeps, @ForAll @IntRange(min = 1, max = 300) int operations) {
    Random random = new Random(seed);
    MoneyWindows kept = newState(keeps);
    MoneyWindows reread = newState(keeps);
    long now = random.nextLong(-RETAINED, RETAINED);
    for (int i = 0; i < operations; i++) {
      long timeMs = eventTime(random, now);
      if (random.nextInt(3) == 0) {
        assertThat(reread.addFraud(timeMs)).isEqualTo(kept.addFraud(timeMs));
      } else {
        double amount = random.nextInt(50) == 0 ? Double.NaN : amount(random);
        assertThat(reread.add(timeMs, amount)).isEqualTo(kept.add(timeMs, amount));
        now = Math.max(now, timeMs);
      }
      byte[] bytes = reread.toBytes();
      assertThat(bytes).isEqualTo(kept.toBytes());
      if (random.nextInt(4) > 0) {
        reread.read(bytes);
      }
    }
  }

  @Property(tries = 300)
  void shouldFindEveryTruncationAndSurviveEveryFlippedByte(@ForAll long seed, @ForAll Kept keeps) {
    Random random = new Random(seed);
    MoneyWindows state = newState(keeps);
    List<Event> kept = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      add(state, kept, random.nextLong(RETAINED), amount(random));
      label(state, kept, random.nextInt(kept.size()));
    }
    byte[] bytes = state.toBytes();
    for (int i = 0; i < bytes.length; i++) {
      byte[] cut = Arrays.copyOf(bytes, i);
      assertThatThrownBy(() -> newState(keeps).read(cut)).isInstanceOf(CorruptStateException.class);
      byte[] flipped = bytes.clone();
      flipped[i] ^= (byte) (1 + random.nextInt(255));
      assertReadsOrRefuses(keeps, flipped);
    }
  }

  private static void assertReadsOrRefuses(Kept keeps, byte[] bytes) {
    MoneyWindows state = newState(keeps);
    try {
      state.read(bytes);
    } catch (CorruptStateException | ForeignStateException e) {
      assertThat(e).hasMessageMatching(".*(byte|version|feature set).*");
      return;
    }
    byte[] canonical = state.toBytes();
    state.read(canonical);
    assertThat(state.toBytes()).isEqualTo(canonical);
  }

  private static MoneyWindows newState(Kept keeps) {
    return new MoneyWindows(Duration.ofMillis(HOP), Duration.ofMillis(REACH), keeps);
  }

  private static long eventTime(Random random, long now) {
    return switch (random.nextInt(6)) {
      case 0 -> now;
      case 1 -> now - random.nextLong(HOP);
      case 2 -> now - random.nextLong(2 * RETAINED);
      case 3 -> now + random.nextLong(10 * HOP);
      default -> now + random.nextLong(HOP);
    };
  }

  private static double amount(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> random.nextDouble() * 1e6;
      case 1 -> -random.nextInt(10_000) / 100.0;
      default -> random.nextInt(100_000) / 100.0;
    };
  }

  /** Adds to both; returns the newest time. */
  private static long add(MoneyWindows state, List<Event> kept, long timeMs, double amount) {
    long newest = kept.stream().mapToLong(Event::timeMs).max().orElse(timeMs);
    boolean fresh = hopStart(timeMs) > hopStart(newest) - RETAINED;
    assertThat(state.add(timeMs, amount)).isEqualTo(fresh);
    if (fresh) {
      kept.add(new Event(timeMs, amount, false));
    }
    return Math.max(newest, timeMs);
  }

  /** Labels the event as fraud in both, where its hop is still retained. */
  private static void label(MoneyWindows state, List<Event> kept, int i) {
    Event event = kept.get(i);
    long newest = kept.stream().mapToLong(Event::timeMs).max().orElseThrow();
    boolean retained = hopStart(event.timeMs) > hopStart(newest) - RETAINED;
    if (!event.fraud) {
      assertThat(state.addFraud(event.timeMs)).isEqualTo(retained);
      kept.set(i, new Event(event.timeMs, event.amount, true));
    }
  }

  private static void assertWindows(
      MoneyWindows state, Kept keeps, List<Event> kept, long asOf, Random random) {
    long delay = random.nextBoolean() ? 0 : 1 + random.nextLong(REACH - 1);
    long window = 1 + random.nextLong(REACH - delay);
    long tail = hopStart(asOf - delay - window);
    long head = delay == 0 ? hopStart(asOf) + HOP : hopStart(asOf - delay);
    List<Event> inside = kept.stream().filter(e -> e.timeMs >= tail && e.timeMs < head).toList();

    assertThat(state.count(asOf, window, delay)).isEqualTo(inside.size());
    assertThat(state.frauds(asOf, window, delay))
        .isEqualTo(inside.stream().filter(Event::fraud).count());
    if (keeps == Kept.NOTHING) {
      return;
    }
    double total = inside.stream().mapToDouble(Event::amount).sum();
    double size = inside.stream().mapToDouble(e -> Math.abs(e.amount)).sum();
    assertThat(state.sum(asOf, window, delay)).isCloseTo(total, within(1e-12 * size));
    WindowGroup group = state.window(asOf, window, delay);
    if (inside.isEmpty()) {
      assertThat(group.mean(0)).isNaN();
    } else {
      double mean = total / inside.size();
      double variance =
          inside.stream().mapToDouble(e -> (e.amount - mean) * (e.amount - mean)).sum()
              / inside.size();
      assertThat(group.mean(0)).isCloseTo(mean, within(1e-12 * size));
      if (keeps == Kept.SUM) {
        return;
      }
      assertThat(group.std(0)).isCloseTo(Math.sqrt(variance), within(1e-9 * (1 + size)));
      assertThat(group.min(0))
          .isEqualTo(inside.stream().mapToDouble(Event::amount).min().orElseThrow());
      assertThat(group.max(0))
          .isEqualTo(inside.stream().mapToDouble(Event::amount).max().orElseThrow());
    }
  }

  private static long hopStart(long timeMs) {
    return timeMs - Math.floorMod(timeMs, HOP);
  }
}
