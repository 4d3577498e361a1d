package io.shoal.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.shoal.features.definition.FeatureSetDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Compares every kind of aggregate with a naive recomputation from the raw history, over random
 * streams: out of order, too late, twice, at the same time, with missing numbers and late labels.
 */
class ParityPropertyTest {
  private static final long MINUTE = Duration.ofMinutes(1).toMillis();
  private static final long HOUR = 60 * MINUTE;
  static final FeatureSet FEATURES =
      new FeatureSet(
          FeatureSetDefinition.parse(
              """
              name: everything
              source: {topic: t, id: id, event_time: at}
              entities:
                buyer: {key: buyer, hop: 10m}
                shop: {key: shop}
              aggregates:
                n: {entity: buyer, function: count, windows: [30m, 2h]}
                sum: {entity: buyer, function: sum, of: {field: x}, windows: [30m, 2h]}
                mean: {entity: buyer, function: mean, of: {field: x}, windows: [30m, 2h]}
                std: {entity: buyer, function: std, of: {field: x}, windows: [30m, 2h]}
                min: {entity: buyer, function: min, of: {field: x}, windows: [30m, 2h]}
                max: {entity: buyer, function: max, of: {field: x}, windows: [30m, 2h]}
                shops: {entity: buyer, function: distinct, of: {field: shop}, windows: [30m, 2h]}
                first: {entity: buyer, function: first_seen, windows: [30m, 2h]}
                rate: {entity: buyer, function: rate, windows: [30m, 2h]}
                shop_n: {entity: shop, function: count, windows: [2h], delay: 3h}
                shop_bad: {entity: shop, function: rate, over: labels, windows: [2h], delay: 3h}
                own_bad: {entity: buyer, function: count, over: labels, windows: [2h], hop: 1h}
              features:
                - {windows_of: n, resolution: 1}
                - {windows_of: sum, resolution: 1}
                - {windows_of: mean, resolution: 1, missing: -1}
                - {windows_of: std, resolution: 1, missing: -1}
                - {windows_of: min, resolution: 1, missing: -1}
                - {windows_of: max, resolution: 1, missing: -1}
                - {windows_of: shops, resolution: 1}
                - {windows_of: first, resolution: 1, missing: -1}
                - {windows_of: rate, resolution: 1}
                - {windows_of: shop_n, resolution: 1}
                - {windows_of: shop_bad, resolution: 1, missing: -1}
                - {windows_of: own_bad, resolution: 1}
                - {name: gap, value: {since_last: buyer}, resolution: 1, missing: -1}
              """,
              "everything.yaml"));

  private static final class Raw {
    long timeMs;
    int buyer;
    int shop;
    double x;
    boolean fraud;
  }

  /** What each kind of state has accepted, by unit and entity. */
  private final Map<String, List<Raw>> history = new HashMap<>();

  @Property(tries = 300)
  void shouldEqualTheRecomputationFromTheRawHistory(@ForAll long seed) {
    history.clear();
    Random random = new Random(seed);
    FeatureReplay replay = new FeatureReplay(FEATURES);
    Event event = FEATURES.newEvent();
    float[] vector = new float[FEATURES.dimension()];
    List<Raw> all = new ArrayList<>();
    long now = 1_000_000 * HOUR + random.nextLong(HOUR);
    for (int i = 0; i < 150; i++) {
      now += random.nextInt(4) == 0 ? random.nextLong(2 * HOUR) : random.nextLong(5 * MINUTE);
      Raw raw =
          i > 0 && random.nextInt(8) == 0 ? copy(all.get(random.nextInt(i))) : raw(random, now);
      all.add(raw);
      double gap = gap(raw);
      boolean late = !keep("buyer" + raw.buyer, raw, 10 * MINUTE, 2 * HOUR);
      fill(event, raw);
      long lateBefore = replay.late();
      replay.process(event, vector);

      assertVector(expected(raw, gap), vector);
      late |= !keep("shop" + raw.shop, raw, HOUR, 5 * HOUR);
      late |= !keep("own" + raw.buyer, raw, HOUR, 2 * HOUR);
      assertThat(replay.late() > lateBefore).isEqualTo(late);
      label(replay, event, all.get(random.nextInt(all.size())));
    }
  }

  private static Raw raw(Random random, long now) {
    Raw raw = new Raw();
    raw.timeMs =
        switch (random.nextInt(8)) {
          case 0 -> now - random.nextLong(12 * HOUR);
          case 1 -> now - random.nextLong(20 * MINUTE);
          case 2 -> now / HOUR * HOUR;
          default -> now;
        };
    raw.buyer = random.nextInt(3);
    raw.shop = random.nextInt(4);
    raw.x =
        switch (random.nextInt(6)) {
          case 0 -> Double.NaN;
          case 1 -> random.nextGaussian();
          default -> random.nextInt(10_000) / 100.0;
        };
    return raw;
  }

  private static Raw copy(Raw other) {
    Raw raw = new Raw();
    raw.timeMs = other.timeMs;
    raw.buyer = other.buyer;
    raw.shop = other.shop;
    raw.x = other.x;
    return raw;
  }

  private static void fill(Event event, Raw raw) {
    event.timeMs = raw.timeMs;
    event.keys[0] = "b" + raw.buyer;
    event.keys[1] = "s" + raw.shop;
    event.numbers[0] = raw.x;
    event.categories[0] = Event.hash("s" + raw.shop);
  }

  /** A state takes what lies within its reach and a hop of the newest that it took. */
  private boolean keep(String key, Raw raw, long hop, long reach) {
    List<Raw> kept = history.computeIfAbsent(key, k -> new ArrayList<>());
    long newest = kept.stream().mapToLong(r -> r.timeMs / hop).max().orElse(Long.MIN_VALUE / 2);
    boolean fresh = raw.timeMs / hop > newest - reach / hop - 1;
    if (fresh) {
      kept.add(raw);
      long oldest = Math.max(newest, raw.timeMs / hop) - reach / hop;
      kept.removeIf(r -> r.timeMs / hop < oldest);
    }
    return fresh;
  }

  private final Map<Integer, Long> newestOf = new HashMap<>();

  private double gap(Raw raw) {
    if (history.isEmpty()) {
      newestOf.clear();
    }
    Long before = newestOf.get(raw.buyer);
    newestOf.merge(raw.buyer, raw.timeMs, Math::max);
    return before == null ? -1 : Math.max(0, raw.timeMs - before) / 1_000.0;
  }

  /** Only what is still held by some state can become fraud, and each event only once. */
  private void label(FeatureReplay replay, Event event, Raw raw) {
    boolean held =
        history.get("shop" + raw.shop).contains(raw)
            && history.get("own" + raw.buyer).contains(raw);
    if (held && !raw.fraud) {
      fill(event, raw);
      replay.fraud(event);
      raw.fraud = true;
    }
  }

  private double[] expected(Raw raw, double gap) {
    List<Double> values = new ArrayList<>();
    List<List<Raw>> windows =
        List.of(
            window("buyer" + raw.buyer, raw.timeMs, 10 * MINUTE, 30 * MINUTE, 0),
            window("buyer" + raw.buyer, raw.timeMs, 10 * MINUTE, 2 * HOUR, 0));
    windows.forEach(w -> values.add((double) w.size()));
    windows.forEach(w -> values.add(numbers(w).sum()));
    windows.forEach(w -> values.add(numbers(w).average().orElse(-1)));
    windows.forEach(w -> values.add(std(w)));
    windows.forEach(w -> values.add(numbers(w).min().orElse(-1)));
    windows.forEach(w -> values.add(numbers(w).max().orElse(-1)));
    windows.forEach(w -> values.add((double) w.stream().mapToInt(r -> r.shop).distinct().count()));
    windows.forEach(
        w ->
            values.add(
                w.isEmpty()
                    ? -1
                    : Math.max(
                        0,
                        (raw.timeMs - w.stream().mapToLong(r -> r.timeMs).min().orElseThrow())
                            / 1_000.0)));
    values.add(windows.get(0).size() / 0.5);
    values.add(windows.get(1).size() / 2.0);
    List<Raw> shop = window("shop" + raw.shop, raw.timeMs, HOUR, 2 * HOUR, 3 * HOUR);
    values.add((double) shop.size());
    values.add(shop.isEmpty() ? -1 : (double) count(shop, r -> r.fraud) / shop.size());
    values.add(
        (double) count(window("own" + raw.buyer, raw.timeMs, HOUR, 2 * HOUR, 0), r -> r.fraud));
    values.add(gap);
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private List<Raw> window(String key, long asOf, long hop, long length, long delay) {
    long tail = Math.floorDiv(asOf - delay - length, hop) * hop;
    long head = Math.floorDiv(asOf - delay, hop) * hop + (delay == 0 ? hop : 0);
    return history.getOrDefault(key, List.of()).stream()
        .filter(r -> r.timeMs >= tail && r.timeMs < head)
        .toList();
  }

  private static DoubleStream numbers(List<Raw> window) {
    return window.stream().mapToDouble(r -> r.x).filter(x -> !Double.isNaN(x));
  }

  private static double std(List<Raw> window) {
    double mean = numbers(window).average().orElse(0);
    return numbers(window).count() == 0
        ? -1
        : Math.sqrt(numbers(window).map(x -> (x - mean) * (x - mean)).average().orElseThrow());
  }

  private static long count(List<Raw> window, Predicate<Raw> which) {
    return window.stream().filter(which).count();
  }

  private static void assertVector(double[] expected, float[] vector) {
    for (int f = 0; f < vector.length; f++) {
      assertThat((double) vector[f])
          .as(FEATURES.names().get(f))
          .isCloseTo(expected[f], within(1e-6 * (1 + Math.abs(expected[f]))));
    }
  }
}
