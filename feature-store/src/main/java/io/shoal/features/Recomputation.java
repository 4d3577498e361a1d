package io.shoal.features;

import io.shoal.features.definition.Aggregate;
import io.shoal.features.definition.Aggregate.Function;
import io.shoal.features.definition.Expression;
import io.shoal.features.definition.Expression.Aggregated;
import io.shoal.features.definition.Expression.Apply;
import io.shoal.features.definition.Expression.Bucket;
import io.shoal.features.definition.Expression.Constant;
import io.shoal.features.definition.Expression.EventTime;
import io.shoal.features.definition.Expression.Field;
import io.shoal.features.definition.Expression.LocalTime;
import io.shoal.features.definition.Expression.SinceLast;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.DoubleStream;

/**
 * Computes expressions as they are defined, from the raw events of one entity: slowly, with nothing
 * that is kept between two events and nothing of the code that computes them in the stream but the
 * {@linkplain io.shoal.features.definition.Operation operations} themselves. Not thread-safe.
 */
final class Recomputation {
  private static final double HOUR_MS = 3_600_000;

  private final FeatureSet features;
  private final Plan.UnitPlan unit;
  private final RawHistory history;
  private boolean covered;

  /** An event that a state holds. */
  private static final class Held {
    final StateUpdate event;
    boolean fraud;

    Held(StateUpdate event) {
      this.event = event;
    }
  }

  Recomputation(FeatureSet features, int unit, RawHistory history) {
    this.features = features;
    this.unit = features.plan().units()[unit];
    this.history = history;
  }

  /** Whether the raw events that the last {@link #value} needed were all there. */
  boolean isCovered() {
    return covered;
  }

  /**
   * Computes an expression for an event, the last of the history; NaN where it is missing.
   *
   * @param event its time suffices where the expression is a window of the entity
   */
  double value(Expression expression, Event event) {
    covered = true;
    return evaluate(expression, event);
  }

  /** What the event would add to the state of the entity. */
  StateUpdate update(Event event) {
    double[] measures =
        unit.measures().stream().mapToDouble(m -> finite(value(m, event))).toArray();
    long[] categories = new long[unit.categories().length];
    for (int c = 0; c < categories.length; c++) {
      categories[c] = event.categories[unit.categories()[c]];
    }
    return StateUpdate.event(event.timeMs, measures, categories);
  }

  private double evaluate(Expression expression, Event event) {
    if (expression instanceof Constant constant) {
      return constant.value();
    } else if (expression instanceof Field field) {
      return event.numbers[features.numberFields().indexOf(field.path())];
    } else if (expression instanceof Bucket bucket) {
      long hash = event.categories[features.categoryFields().indexOf(bucket.path())];
      return hash == 0 ? Double.NaN : Math.floorMod(hash, bucket.buckets());
    } else if (expression instanceof EventTime) {
      return event.timeMs / 1_000.0;
    } else if (expression instanceof LocalTime local) {
      int offset =
          local.zone().getRules().getOffset(Instant.ofEpochMilli(event.timeMs)).getTotalSeconds();
      return event.timeMs + 1_000.0 * offset;
    } else if (expression instanceof SinceLast) {
      return sinceLast(event.timeMs);
    } else if (expression instanceof Aggregated aggregated) {
      return aggregate(aggregated.aggregate(), aggregated.window(), event.timeMs);
    }
    Apply apply = (Apply) expression;
    double[] operands = new double[4];
    for (int i = 0; i < apply.operands().size(); i++) {
      operands[i] = evaluate(apply.operands().get(i), event);
    }
    return apply
        .operation()
        .apply(operands[0], operands[1], operands[2], operands[3], apply.p(), apply.q());
  }

  private double sinceLast(long timeMs) {
    List<StateUpdate> all = history.updates();
    long newest =
        all.subList(0, Math.max(0, all.size() - 1)).stream()
            .filter(update -> !update.isFraud())
            .mapToLong(StateUpdate::eventTimeMs)
            .max()
            .orElse(Long.MIN_VALUE);
    covered &= history.forgottenMs() == Long.MIN_VALUE || history.forgottenMs() < newest;
    return newest == Long.MIN_VALUE ? Double.NaN : Math.max(0, timeMs - newest) / 1_000.0;
  }

  private double aggregate(Aggregate aggregate, Duration length, long timeMs) {
    long hopMs = aggregate.hop().toMillis();
    long delayMs = aggregate.delay().toMillis();
    long tail = hop(timeMs - delayMs - length.toMillis(), hopMs);
    long head = hop(timeMs - delayMs, hopMs) + (delayMs == 0 ? 1 : 0);
    covered &= history.forgottenMs() < tail * hopMs;
    List<Held> window =
        held(hopMs).stream()
            .filter(
                h -> {
                  long hop = hop(h.event.eventTimeMs(), hopMs);
                  return hop >= tail && hop < head;
                })
            .toList();
    return switch (aggregate.function()) {
      case COUNT -> aggregate.labels() ? frauds(window) : window.size();
      case RATE -> rate(aggregate, window, length);
      case DISTINCT -> distinct(aggregate, window);
      case FIRST_SEEN -> firstSeen(window, timeMs);
      default -> ofNumbers(aggregate, window);
    };
  }

  /**
   * The events that a state with this hop holds: as each came, it was left out if it lay too far
   * before the newest, and pushed out what then lay too far before it. A fraud is noted at an event
   * of its hop.
   */
  private List<Held> held(long hopMs) {
    long retained =
        unit.unit().layout().groups().stream()
            .filter(group -> group.hopMs() == hopMs)
            .mapToLong(group -> 1 - Math.floorDiv(-group.reachMs(), hopMs))
            .findFirst()
            .orElseThrow();
    List<Held> held = new ArrayList<>();
    long newest =
        history.forgottenMs() == Long.MIN_VALUE
            ? Long.MIN_VALUE / 2
            : hop(history.forgottenMs(), hopMs);
    ToLongFunction<Held> hopOf = h -> hop(h.event.eventTimeMs(), hopMs);
    for (StateUpdate update : history.updates()) {
      long hop = hop(update.eventTimeMs(), hopMs);
      if (update.isFraud()) {
        held.stream()
            .filter(h -> !h.fraud && hopOf.applyAsLong(h) == hop)
            .findFirst()
            .ifPresent(h -> h.fraud = true);
      } else if (hop > newest - retained) {
        newest = Math.max(newest, hop);
        held.add(new Held(update));
      }
    }
    // Once for all: what one event pushes out, and the frauds noted at it, a later one does too.
    long oldest = newest - retained;
    held.removeIf(h -> hopOf.applyAsLong(h) <= oldest);
    return held;
  }

  private static double rate(Aggregate aggregate, List<Held> window, Duration length) {
    if (!aggregate.labels()) {
      return window.size() / (length.toMillis() / HOUR_MS);
    }
    return window.isEmpty() ? Double.NaN : (double) frauds(window) / window.size();
  }

  private static long frauds(List<Held> window) {
    return window.stream().filter(h -> h.fraud).count();
  }

  private double distinct(Aggregate aggregate, List<Held> window) {
    String field = ((Field) java.util.Objects.requireNonNull(aggregate.of())).path();
    int wanted = features.categoryFields().indexOf(field);
    int category = 0;
    while (unit.categories()[category] != wanted) {
      category++;
    }
    int index = category;
    return window.stream()
        .mapToLong(h -> h.event.categories()[index])
        .filter(hash -> hash != 0)
        .distinct()
        .count();
  }

  private static double firstSeen(List<Held> window, long timeMs) {
    long first = window.stream().mapToLong(h -> h.event.eventTimeMs()).min().orElse(Long.MIN_VALUE);
    return first == Long.MIN_VALUE ? Double.NaN : Math.max(0, (timeMs - first) / 1_000.0);
  }

  private double ofNumbers(Aggregate aggregate, List<Held> window) {
    int measure = unit.measures().indexOf(aggregate.of());
    double[] numbers =
        window.stream()
            .mapToDouble(h -> h.event.measures()[measure])
            .filter(x -> !Double.isNaN(x))
            .toArray();
    if (aggregate.function() == Function.SUM) {
      return finite(DoubleStream.of(numbers).sum());
    }
    if (numbers.length == 0) {
      return Double.NaN;
    }
    double mean = finite(DoubleStream.of(numbers).sum()) / numbers.length;
    return switch (aggregate.function()) {
      case MEAN -> mean;
      case MIN -> DoubleStream.of(numbers).min().orElseThrow();
      case MAX -> DoubleStream.of(numbers).max().orElseThrow();
      default ->
          Math.sqrt(
              DoubleStream.of(numbers).map(x -> (x - mean) * (x - mean)).sum() / numbers.length);
    };
  }

  private static long hop(long timeMs, long hopMs) {
    return Math.floorDiv(timeMs, hopMs);
  }

  private static double finite(double value) {
    return Math.max(-Double.MAX_VALUE, Math.min(Double.MAX_VALUE, value));
  }
}
