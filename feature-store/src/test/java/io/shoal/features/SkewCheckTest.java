package io.shoal.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.features.state.CorruptStateException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Streams as in {@link ParityPropertyTest}, run through the incremental code and the check. */
class SkewCheckTest {
  private static final FeatureSet FEATURES = ParityPropertyTest.FEATURES;
  private static final long MINUTE = 60_000;
  private static final long HOUR = 60 * MINUTE;

  private final Vectorizer vectorizer = FEATURES.newVectorizer();
  private final Map<String, byte[]> states = new HashMap<>();
  private final Map<String, byte[]> histories = new HashMap<>();
  private final float[] values = new float[FEATURES.dimension()];
  private final Set<String> compared = new TreeSet<>();
  private final Set<String> skewed = new TreeSet<>();
  private int eventsMax = 1_000;
  private long offset;

  @Property(tries = 60)
  void shouldFindNoSkewInAnyStream(@ForAll long seed) {
    reset(1_000);
    run(new Random(seed), 200);

    assertThat(skewed).isEmpty();
    assertThat(compared).containsExactlyInAnyOrderElementsOf(FEATURES.names());
  }

  @Property(tries = 60)
  void shouldFindNoSkewWhereOnlyTheNewestEventsAreKept(@ForAll long seed) {
    reset(12);
    run(new Random(seed), 300);

    assertThat(skewed).isEmpty();
  }

  @Property(tries = 20)
  void shouldFindNoSkewInEntitiesThatHadAStateBefore(@ForAll long seed) {
    reset(1_000);
    run(new Random(seed), 100);
    histories.clear();
    run(new Random(seed + 1), 200);

    assertThat(skewed).isEmpty();
  }

  @Test
  void shouldFindAnEventThatTheStateLost() {
    reset(1_000);
    run(new Random(1), 50);
    states.remove("buyer/b0");
    states.remove("beside-shop/s0");
    run(new Random(2), 20);

    assertThat(skewed).contains("n_2h", "sum_2h", "gap");
  }

  @Test
  void shouldFindAnEventThatTheStateCountsTwice() {
    reset(1_000);
    Event event = event("b0", "s0", 1_000 * HOUR, 5);
    process(event, 0);
    process(event("b0", "s0", 1_000 * HOUR + MINUTE, 5), 1);
    assertThat(skewed).isEmpty();
    process(event("b0", "s0", 1_000 * HOUR + MINUTE, 5), 1);

    assertThat(skewed).contains("n_30m", "sum_30m").doesNotContain("mean_30m", "min_30m");
  }

  @Test
  void shouldRefuseAHistoryOfOtherFeatures() {
    SkewCheck check = new SkewCheck(FEATURES, 0, 10);

    assertThatThrownBy(() -> check.read(new byte[] {1, 2, 3}, true, 0))
        .isInstanceOf(CorruptStateException.class);
  }

  private void reset(int events) {
    states.clear();
    histories.clear();
    compared.clear();
    skewed.clear();
    eventsMax = events;
    offset = 0;
    now = 1_000_000 * HOUR;
  }

  private long now;

  private void run(Random random, int events) {
    List<Event> before = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      now += random.nextInt(4) == 0 ? random.nextLong(2 * HOUR) : random.nextLong(5 * MINUTE);
      long time =
          switch (random.nextInt(8)) {
            case 0 -> now - random.nextLong(12 * HOUR);
            case 1 -> now - random.nextLong(20 * MINUTE);
            case 2 -> now / HOUR * HOUR;
            default -> now;
          };
      double x = random.nextInt(6) == 0 ? Double.NaN : random.nextInt(10_000) / 100.0;
      Event event = event("b" + random.nextInt(3), "s" + random.nextInt(4), time, x);
      before.add(event);
      process(event, offset++);
      if (random.nextInt(3) == 0) {
        fraud(before.get(random.nextInt(before.size())), offset++);
      }
    }
  }

  private static Event event(String buyer, String shop, long timeMs, double x) {
    Event event = FEATURES.newEvent();
    event.timeMs = timeMs;
    event.keys[0] = buyer;
    event.keys[1] = shop;
    event.numbers[0] = x;
    event.categories[0] = Event.hash(shop);
    return event;
  }

  private void process(Event event, long at) {
    vectorizer.begin(event);
    SkewCheck inLine = null;
    for (int u = 0; u < FEATURES.units().size(); u++) {
      StateUnit unit = FEATURES.units().get(u);
      String key = key(u, event);
      SkewCheck check = check(u, key, event.timeMs);
      vectorizer.state(u).read(states.get(key));
      vectorizer.add(u);
      if (unit.inLine()) {
        check.add(at, event);
        inLine = check;
      } else {
        check.add(at, vectorizer.update(u));
        check.compareWindows(event.timeMs, vectorizer, this::compared);
      }
      histories.put(key, check.toBytes());
      states.put(key, vectorizer.state(u).toBytes());
    }
    vectorizer.compute(values);
    if (inLine == null) {
      throw new IllegalStateException("the set has a unit in line");
    }
    inLine.compareVector(event, vectorizer, values, this::compared);
  }

  private void fraud(Event event, long at) {
    for (int u = 0; u < FEATURES.units().size(); u++) {
      if (FEATURES.units().get(u).labels()) {
        String key = key(u, event);
        SkewCheck check = check(u, key, event.timeMs);
        StateUpdate update = StateUpdate.fraud(event.timeMs);
        vectorizer.state(u).read(states.get(key));
        update.applyTo(vectorizer.state(u));
        check.add(at, update);
        histories.put(key, check.toBytes());
        states.put(key, vectorizer.state(u).toBytes());
      }
    }
  }

  private SkewCheck check(int unit, String key, long timeMs) {
    SkewCheck check = new SkewCheck(FEATURES, unit, eventsMax);
    check.read(histories.get(key), states.containsKey(key), timeMs);
    return check;
  }

  private static String key(int unit, Event event) {
    StateUnit of = FEATURES.units().get(unit);
    return (of.inLine() ? of.name() : "beside-" + of.name()) + "/" + event.keys[of.entity()];
  }

  private void compared(int feature, boolean mismatch, boolean missing, double smape) {
    String name = FEATURES.names().get(feature);
    compared.add(name);
    assertThat(smape).isBetween(0.0, 2.0);
    if (mismatch || missing) {
      skewed.add(name);
    }
  }
}
