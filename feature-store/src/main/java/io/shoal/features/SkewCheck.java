package io.shoal.features;

import io.shoal.features.definition.Aggregate;
import io.shoal.features.definition.Expression;
import io.shoal.features.definition.Expression.Aggregated;
import io.shoal.features.definition.Expression.SinceLast;
import io.shoal.features.definition.FeatureSetDefinition.Feature;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares what was computed from the state of an entity with what its raw events say, by the
 * definition ({@link Recomputation}). Where the raw events do not reach back far enough for a
 * window, its features are left out. For one unit of a set; not thread-safe.
 */
public final class SkewCheck {
  private static final double TOLERANCE = 1e-4;
  private static final double SMALL = 1e-6;

  /** Four standard errors of the sketch. */
  private static final double SKETCH_TOLERANCE = 0.1;

  private final FeatureSet features;
  private final int unit;
  private final RawHistory history;
  private final Recomputation recomputation;
  private final Event moment;
  private final List<Leaf> leaves;

  /** Receives what is found. */
  @FunctionalInterface
  public interface Findings {
    /**
     * A feature was compared.
     *
     * @param feature its index
     * @param mismatch whether the values differ by more than arithmetic does, or there should be
     *     none
     * @param missing whether there should be a value and there is none
     * @param smape {@code 2 |a - b| / (|a| + |b|)}, from 0 to 2
     */
    void compared(int feature, boolean mismatch, boolean missing, double smape);
  }

  /** A window, or the time since the last event, and the features that need it. */
  private record Leaf(Expression expression, int register, boolean sketch, int[] features) {}

  /**
   * @param unit whose events are given, by its index in {@link FeatureSet#units}
   * @param eventsMax number of raw events of one entity that are kept
   */
  public SkewCheck(FeatureSet features, int unit, int eventsMax) {
    this.features = features;
    this.unit = unit;
    Plan.UnitPlan plan = features.plan().units()[unit];
    history = new RawHistory(eventsMax, plan.measures().size(), plan.categories().length);
    recomputation = new Recomputation(features, unit, history);
    moment = features.newEvent();
    leaves = leaves();
  }

  /**
   * Starts with an entity.
   *
   * @param raw what {@link #toBytes} gave for it last; null: nothing yet
   * @param known whether the entity has a state
   * @param timeMs of the event at hand
   */
  public void read(byte @Nullable [] raw, boolean known, long timeMs) {
    if (raw != null) {
      history.read(raw);
    } else if (known) {
      history.startLate(timeMs);
    } else {
      history.clear();
    }
  }

  /** Adds an event of the entity; the record's offset tells it from one that is read again. */
  public void add(long offset, Event event) {
    history.add(offset, recomputation.update(event));
  }

  /** Adds what happened at the entity, where the event itself is elsewhere. */
  public void add(long offset, StateUpdate update) {
    history.add(offset, update);
  }

  /** The raw events, to be kept. */
  public byte[] toBytes() {
    return history.toBytes();
  }

  /**
   * Compares those features of the vector that need this unit's state alone, or none.
   *
   * @param event that was added last
   * @param vectorizer that has computed its vector
   * @param values the vector
   */
  public void compareVector(Event event, Vectorizer vectorizer, float[] values, Findings findings) {
    List<Feature> declared = features.definition().features();
    for (int f = 0; f < values.length; f++) {
      if (features.unitsOf(f).stream().allMatch(u -> u == unit)) {
        Expression expression = declared.get(f).value();
        double expected = recomputation.value(expression, event);
        if (recomputation.isCovered()) {
          double actual = vectorizer.isMissing(f) ? Double.NaN : values[f];
          compare(f, expected, actual, hasSketch(expression), findings);
        }
      }
    }
  }

  /**
   * Compares the windows of this unit's state as of a time; each counts for all features that need
   * it.
   *
   * @param vectorizer whose state of this unit is the entity's
   */
  public void compareWindows(long timeMs, Vectorizer vectorizer, Findings findings) {
    moment.timeMs = timeMs;
    int[] registers = leaves.stream().mapToInt(Leaf::register).toArray();
    double[] actual = new double[registers.length];
    vectorizer.windows(unit, timeMs, registers, actual);
    for (int i = 0; i < actual.length; i++) {
      Leaf leaf = leaves.get(i);
      double expected = recomputation.value(leaf.expression(), moment);
      if (recomputation.isCovered()) {
        for (int f : leaf.features()) {
          compare(f, expected, actual[i], leaf.sketch(), findings);
        }
      }
    }
  }

  private static void compare(
      int feature, double wanted, double actual, boolean sketch, Findings findings) {
    double expected = Double.isNaN(wanted) ? wanted : (float) wanted;
    if (Double.isNaN(expected) || Double.isNaN(actual)) {
      boolean missing = Double.isNaN(actual) && !Double.isNaN(expected);
      boolean extra = Double.isNaN(expected) && !Double.isNaN(actual);
      findings.compared(feature, extra, missing, missing || extra ? 2 : 0);
      return;
    }
    double difference = Math.abs(expected - actual);
    double size = Math.max(Math.abs(expected), Math.abs(actual));
    double tolerance = SMALL + size * (sketch ? SKETCH_TOLERANCE : TOLERANCE);
    double sum = Math.abs(expected) + Math.abs(actual);
    findings.compared(feature, difference > tolerance, false, sum == 0 ? 0 : 2 * difference / sum);
  }

  private List<Leaf> leaves() {
    Plan.UnitPlan plan = features.plan().units()[unit];
    List<Leaf> found = new ArrayList<>();
    plan.loads().forEach(load -> found.add(leaf(load.window(), load.register())));
    if (plan.sinceLastRegister() >= 0) {
      found.add(leaf(new SinceLast(plan.unit().name()), plan.sinceLastRegister()));
    }
    return found;
  }

  private Leaf leaf(Expression expression, int register) {
    List<Feature> declared = features.definition().features();
    List<Integer> users = new ArrayList<>();
    for (int f = 0; f < declared.size(); f++) {
      if (contains(declared.get(f).value(), expression)) {
        users.add(f);
      }
    }
    return new Leaf(
        expression,
        register,
        hasSketch(expression),
        users.stream().mapToInt(Integer::intValue).toArray());
  }

  private static boolean contains(Expression expression, Expression wanted) {
    return expression.equals(wanted)
        || expression.operands().stream().anyMatch(operand -> contains(operand, wanted));
  }

  private static boolean hasSketch(Expression expression) {
    return (expression instanceof Aggregated aggregated
            && aggregated.aggregate().function() == Aggregate.Function.DISTINCT)
        || expression.operands().stream().anyMatch(SkewCheck::hasSketch);
  }
}
