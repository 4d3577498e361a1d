package io.shoal.features;

import io.shoal.features.definition.Aggregate;
import io.shoal.features.definition.Expression;
import io.shoal.features.definition.Expression.Aggregated;
import io.shoal.features.definition.Expression.Apply;
import io.shoal.features.definition.Expression.Bucket;
import io.shoal.features.definition.Expression.Constant;
import io.shoal.features.definition.Expression.EventTime;
import io.shoal.features.definition.Expression.Field;
import io.shoal.features.definition.Expression.LocalTime;
import io.shoal.features.definition.Expression.SinceLast;
import io.shoal.features.definition.FeatureSetDefinition;
import io.shoal.features.definition.Operation;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns expressions into a {@link Plan}; equal ones share a register. */
final class PlanCompiler {
  private static final int OPERANDS = 4;

  private final FeatureSetDefinition definition;
  private final Map<Expression, Integer> registers = new HashMap<>();
  private final List<Double> initial = new ArrayList<>();
  private final Map<String, Integer> numberRegisters = new LinkedHashMap<>();
  private final Map<ZoneId, Integer> zoneRegisters = new LinkedHashMap<>();
  private final Set<String> categories = new LinkedHashSet<>();
  private final List<Plan.BucketLoad> buckets = new ArrayList<>();
  private final List<Operation> codes = new ArrayList<>();
  private final List<Integer> operands = new ArrayList<>();
  private final List<Double> constants = new ArrayList<>();
  private final List<Integer> targets = new ArrayList<>();

  PlanCompiler(FeatureSetDefinition definition) {
    this.definition = definition;
  }

  Plan compile() {
    Set<Expression> leaves = new LinkedHashSet<>();
    definition.features().forEach(f -> collectStateLeaves(f.value(), leaves));
    List<UnitCompiler> units = UnitCompiler.of(definition.entities(), leaves);
    units.forEach(unit -> unit.measures().forEach(this::register));
    units.forEach(unit -> unit.categories().forEach(field -> categories.add(field.path())));
    int recordOperations = codes.size();
    int[] outputs =
        definition.features().stream().mapToInt(feature -> register(feature.value())).toArray();
    Plan.UnitPlan[] unitPlans =
        units.stream()
            .map(unit -> unit.compile(registers, List.copyOf(categories)))
            .toArray(Plan.UnitPlan[]::new);
    return new Plan(
        initial.stream().mapToDouble(Double::doubleValue).toArray(),
        ints(numberRegisters.values()),
        registers.getOrDefault(new EventTime(), -1),
        zoneRegisters.keySet().toArray(new ZoneId[0]),
        ints(zoneRegisters.values()),
        buckets.toArray(new Plan.BucketLoad[0]),
        new Plan.Operations(
            codes.toArray(new Operation[0]),
            ints(operands),
            constants.stream().mapToDouble(Double::doubleValue).toArray(),
            ints(targets)),
        recordOperations,
        unitPlans,
        outputs,
        definition.features().stream()
            .mapToDouble(FeatureSetDefinition.Feature::missing)
            .toArray());
  }

  /** Fields that are read as numbers, in the order of their registers; after {@link #compile}. */
  List<String> numberFields() {
    return List.copyOf(numberRegisters.keySet());
  }

  /** Fields that are read as categories; after {@link #compile}. */
  List<String> categoryFields() {
    return List.copyOf(categories);
  }

  private static void collectStateLeaves(Expression expression, Set<Expression> leaves) {
    if (expression instanceof Aggregated || expression instanceof SinceLast) {
      leaves.add(expression);
    }
    expression.operands().forEach(operand -> collectStateLeaves(operand, leaves));
  }

  private int register(Expression expression) {
    Integer known = registers.get(expression);
    return known != null ? known : newRegister(expression);
  }

  private int newRegister(Expression expression) {
    if (expression instanceof Apply apply) {
      return operation(apply);
    }
    int register = allocate(expression, expression instanceof Constant c ? c.value() : Double.NaN);
    if (expression instanceof Field field) {
      numberRegisters.put(field.path(), register);
    } else if (expression instanceof LocalTime local) {
      zoneRegisters.put(local.zone(), register);
    } else if (expression instanceof Bucket bucket) {
      categories.add(bucket.path());
      int category = List.copyOf(categories).indexOf(bucket.path());
      buckets.add(new Plan.BucketLoad(category, bucket.buckets(), register));
    } else if (expression instanceof Aggregated aggregated
        && aggregated.aggregate().function() == Aggregate.Function.FIRST_SEEN) {
      register(new EventTime());
    }
    return register;
  }

  private int operation(Apply apply) {
    int[] from = apply.operands().stream().mapToInt(this::register).toArray();
    int register = allocate(apply, Double.NaN);
    codes.add(apply.operation());
    Arrays.stream(Arrays.copyOf(from, OPERANDS)).forEach(operands::add);
    constants.add(apply.p());
    constants.add(apply.q());
    targets.add(register);
    return register;
  }

  private int allocate(Expression expression, double value) {
    registers.put(expression, initial.size());
    initial.add(value);
    return initial.size() - 1;
  }

  private static int[] ints(java.util.Collection<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
