package io.shoal.features;

import io.shoal.features.Plan.AggregateLoad;
import io.shoal.features.Plan.UnitPlan;
import io.shoal.features.state.EntityState;
import io.shoal.features.state.WindowGroup;
import java.util.Arrays;

/**
 * Computes the vectors of a feature set, one event at a time: {@link #begin} with the event, read
 * the {@link #state}s of its entities, {@link #add} it where it belongs, then {@link #compute}. The
 * stream, the replay of a file and the tests all go through here. Reused; not thread-safe.
 *
 * <p>It allocates nothing per event but for sketches of distinct values.
 */
public final class Vectorizer {
  private static final double HOUR_MS = 3_600_000;

  private final Plan plan;
  private final double[] registers;
  private final ZoneOffsets[] zones;
  private final EntityState[] states;
  private final double[][] measures;
  private final long[][] categories;
  private long timeMs;

  Vectorizer(Plan plan) {
    this.plan = plan;
    registers = plan.initial().clone();
    zones = Arrays.stream(plan.zones()).map(ZoneOffsets::new).toArray(ZoneOffsets[]::new);
    UnitPlan[] units = plan.units();
    states =
        Arrays.stream(units)
            .map(u -> new EntityState(u.unit().layout()))
            .toArray(EntityState[]::new);
    measures =
        Arrays.stream(units)
            .map(u -> new double[u.measureRegisters().length])
            .toArray(double[][]::new);
    categories =
        Arrays.stream(units).map(u -> new long[u.categories().length]).toArray(long[][]::new);
  }

  /** The state of the event's entity, by the index of {@link FeatureSet#units}; to be read. */
  public EntityState state(int unit) {
    return states[unit];
  }

  /** Starts with an event: computes what depends on it alone. */
  public void begin(Event event) {
    timeMs = event.timeMs;
    for (int i = 0; i < event.numbers.length; i++) {
      registers[plan.numberRegisters()[i]] = event.numbers[i];
    }
    if (plan.eventTimeRegister() >= 0) {
      registers[plan.eventTimeRegister()] = timeMs / 1_000.0;
    }
    for (int i = 0; i < zones.length; i++) {
      registers[plan.zoneRegisters()[i]] = zones[i].local(timeMs);
    }
    for (Plan.BucketLoad load : plan.buckets()) {
      long hash = event.categories[load.category()];
      registers[load.register()] = hash == 0 ? Double.NaN : Math.floorMod(hash, load.buckets());
    }
    plan.operations().run(0, plan.recordOperations(), registers);
    for (int u = 0; u < states.length; u++) {
      UnitPlan unit = plan.units()[u];
      for (int m = 0; m < measures[u].length; m++) {
        measures[u][m] = bounded(registers[unit.measureRegisters()[m]]);
      }
      for (int c = 0; c < categories[u].length; c++) {
        categories[u][c] = event.categories[unit.categories()[c]];
      }
    }
  }

  /**
   * Adds the event to the state of its entity.
   *
   * @return false when it is older than what some windows retain, and is left out there
   */
  public boolean add(int unit) {
    return states[unit].add(timeMs, measures[unit], categories[unit]);
  }

  /** What {@link #add} would add, to be done elsewhere. */
  public StateUpdate update(int unit) {
    return StateUpdate.event(timeMs, measures[unit].clone(), categories[unit].clone());
  }

  /**
   * Computes the vector from the event and the states as they are.
   *
   * @param out receives the values, {@code [dimension]}, all finite: those beyond the range of a
   *     float are clamped, missing ones replaced as declared
   */
  public void compute(float[] out) {
    int[] outputs = plan.outputs();
    if (out.length != outputs.length) {
      throw new IllegalArgumentException(
          "the vector has %d places for %d features".formatted(out.length, outputs.length));
    }
    for (int u = 0; u < states.length; u++) {
      load(plan.units()[u], states[u]);
    }
    plan.operations().run(plan.recordOperations(), plan.operations().size(), registers);
    for (int i = 0; i < out.length; i++) {
      double value = registers[outputs[i]];
      if (Double.isNaN(value)) {
        value = plan.missing()[i];
      }
      out[i] = (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, value));
    }
  }

  /** Whether a feature of the vector computed last had no value and was replaced. */
  public boolean isMissing(int feature) {
    return Double.isNaN(registers[plan.outputs()[feature]]);
  }

  /**
   * Reads what the windows of a state hold as of a time, whatever the event at hand.
   *
   * @param wanted registers of the plan whose values are wanted; all of this unit
   * @param out receives them, NaN where missing
   */
  void windows(int unit, long asOfMs, int[] wanted, double[] out) {
    timeMs = asOfMs;
    load(plan.units()[unit], states[unit]);
    for (int i = 0; i < wanted.length; i++) {
      out[i] = registers[wanted[i]];
    }
  }

  private void load(UnitPlan unit, EntityState state) {
    if (unit.sinceLastRegister() >= 0) {
      registers[unit.sinceLastRegister()] = state.secondsSinceLast(timeMs);
    }
    AggregateLoad before = null;
    for (int i = 0; i < unit.loads().size(); i++) {
      AggregateLoad load = unit.loads().get(i);
      WindowGroup group = state.group(load.group());
      if (before == null
          || before.group() != load.group()
          || before.windowMs() != load.windowMs()
          || before.delayMs() != load.delayMs()) {
        group.select(timeMs, load.windowMs(), load.delayMs());
      }
      registers[load.register()] = value(load, group);
      before = load;
    }
  }

  private double value(AggregateLoad load, WindowGroup group) {
    return switch (load.function()) {
      case COUNT -> load.labels() ? group.frauds() : group.count();
      case SUM -> group.sum(load.column());
      case MEAN -> group.mean(load.column());
      case STD -> group.std(load.column());
      case MIN -> group.min(load.column());
      case MAX -> group.max(load.column());
      case DISTINCT -> group.distinct(load.column());
      case FIRST_SEEN -> Math.max(0, timeMs / 1_000.0 - group.min(load.column()));
      case RATE -> rate(load, group);
    };
  }

  private static double rate(AggregateLoad load, WindowGroup group) {
    long count = group.count();
    if (!load.labels()) {
      return count / (load.windowMs() / HOUR_MS);
    }
    return count == 0 ? Double.NaN : (double) group.frauds() / count;
  }

  /** A measure is finite or missing: what the record alone computed may have overflowed. */
  private static double bounded(double value) {
    return Math.max(-Double.MAX_VALUE, Math.min(Double.MAX_VALUE, value));
  }
}
