package io.shoal.features;

import io.shoal.features.definition.Aggregate;
import io.shoal.features.definition.Expression;
import io.shoal.features.definition.Expression.Aggregated;
import io.shoal.features.definition.Expression.SinceLast;
import io.shoal.features.definition.Operation;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A feature set as flat arrays over one array of registers, in the order of computation. Immutable.
 *
 * @param initial content of the registers, with constants in place
 * @param numberRegisters receive the event's numbers
 * @param eventTimeRegister receives the event time in seconds; -1: not needed
 * @param zones whose local times are needed
 * @param zoneRegisters receive them
 * @param buckets of categories
 * @param operations in order; those before {@code recordOperations} need the record alone
 * @param recordOperations number of them
 * @param units whose states are needed
 * @param outputs registers of the features
 * @param missing stands in a feature whose register is NaN
 */
record Plan(
    double[] initial,
    int[] numberRegisters,
    int eventTimeRegister,
    ZoneId[] zones,
    int[] zoneRegisters,
    BucketLoad[] buckets,
    Operations operations,
    int recordOperations,
    UnitPlan[] units,
    int[] outputs,
    double[] missing) {

  /** The states that an expression needs, by their indexes in {@link #units}. */
  List<Integer> unitsOf(Expression expression) {
    Set<Integer> needed = new TreeSet<>();
    if (expression instanceof Aggregated aggregated) {
      needed.add(unit(aggregated.aggregate().entity(), aggregated.aggregate().labels()));
    } else if (expression instanceof SinceLast sinceLast) {
      needed.add(unit(sinceLast.entity(), false));
    }
    expression.operands().forEach(operand -> needed.addAll(unitsOf(operand)));
    return List.copyOf(needed);
  }

  private int unit(String entity, boolean labels) {
    int found = -1;
    for (int u = 0; u < units.length; u++) {
      // An entity has two where some of its aggregates are in line and others over labels.
      StateUnit unit = units[u].unit();
      if (unit.name().equals(entity) && (found < 0 || unit.inLine() != labels)) {
        found = u;
      }
    }
    return found;
  }

  /** A category's hash goes into a register, modulo the number of buckets. */
  record BucketLoad(int category, int buckets, int register) {}

  /**
   * What happens to the state of one entity.
   *
   * @param unit what is stored
   * @param measures expressions of the record that it aggregates
   * @param measureRegisters of the numbers that it aggregates
   * @param categories of the event that it counts
   * @param loads what is asked of it
   * @param sinceLastRegister receives the seconds since the last event; -1: not needed
   */
  record UnitPlan(
      StateUnit unit,
      List<Expression> measures,
      int[] measureRegisters,
      int[] categories,
      List<AggregateLoad> loads,
      int sinceLastRegister) {}

  /**
   * A window's aggregate goes into a register.
   *
   * @param window what is asked for, as declared
   * @param group of the state
   * @param windowMs length
   * @param delayMs delay
   * @param function what of the window
   * @param labels whether over labels
   * @param column measure or sketch of the group
   * @param register receives it
   */
  record AggregateLoad(
      Aggregated window,
      int group,
      long windowMs,
      long delayMs,
      Aggregate.Function function,
      boolean labels,
      int column,
      int register) {}

  /**
   * Operations, one after the other.
   *
   * @param codes what is computed
   * @param operands registers, {@code [n * 4]}; those that an operation has not are 0
   * @param constants {@code [n * 2]}
   * @param targets registers of the results
   */
  record Operations(Operation[] codes, int[] operands, double[] constants, int[] targets) {
    /** Computes those of {@code from .. to - 1}; allocates nothing. */
    void run(int from, int to, double[] r) {
      for (int i = from; i < to; i++) {
        int o = 4 * i;
        r[targets[i]] =
            codes[i].apply(
                r[operands[o]],
                r[operands[o + 1]],
                r[operands[o + 2]],
                r[operands[o + 3]],
                constants[2 * i],
                constants[2 * i + 1]);
      }
    }

    int size() {
      return codes.length;
    }
  }
}
