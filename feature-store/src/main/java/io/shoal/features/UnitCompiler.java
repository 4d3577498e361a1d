package io.shoal.features;

import io.shoal.features.definition.Aggregate;
import io.shoal.features.definition.Aggregate.Function;
import io.shoal.features.definition.Expression;
import io.shoal.features.definition.Expression.Aggregated;
import io.shoal.features.definition.Expression.EventTime;
import io.shoal.features.definition.Expression.Field;
import io.shoal.features.definition.Expression.SinceLast;
import io.shoal.features.definition.FeatureSetDefinition.Entity;
import io.shoal.features.state.StateLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gathers what is asked of one entity's state, and lays it out. */
final class UnitCompiler {
  private final Entity entity;
  private final int entityIndex;
  private final boolean inLine;
  private final List<Aggregated> windows = new ArrayList<>();
  private @Nullable SinceLast sinceLast;

  private UnitCompiler(Entity entity, int entityIndex, boolean inLine) {
    this.entity = entity;
    this.entityIndex = entityIndex;
    this.inLine = inLine;
  }

  /**
   * The units that hold these leaves. The first entity's events are aggregated where the messages
   * are; those of others, and labels, come on other partitions.
   */
  static List<UnitCompiler> of(List<Entity> entities, Set<Expression> leaves) {
    Map<String, UnitCompiler> units = new LinkedHashMap<>();
    for (Expression leaf : leaves) {
      String name =
          leaf instanceof Aggregated aggregated
              ? aggregated.aggregate().entity()
              : ((SinceLast) leaf).entity();
      boolean labels = leaf instanceof Aggregated a && a.aggregate().labels();
      boolean inLine = entities.get(0).name().equals(name) && !labels;
      int index = entities.stream().map(Entity::name).toList().indexOf(name);
      UnitCompiler unit =
          units.computeIfAbsent(
              name + inLine, key -> new UnitCompiler(entities.get(index), index, inLine));
      if (leaf instanceof Aggregated aggregated) {
        unit.windows.add(aggregated);
      } else {
        unit.sinceLast = (SinceLast) leaf;
      }
    }
    return List.copyOf(units.values());
  }

  /** What of the record is aggregated as numbers, each once. */
  List<Expression> measures() {
    Set<Expression> measures = new LinkedHashSet<>();
    windows.forEach(
        w -> {
          if (measure(w.aggregate()) != null) {
            measures.add(measure(w.aggregate()));
          }
        });
    return List.copyOf(measures);
  }

  /** Fields whose distinct values are counted, each once. */
  List<Field> categories() {
    return windows.stream()
        .filter(w -> w.aggregate().function() == Function.DISTINCT)
        .map(w -> (Field) Objects.requireNonNull(w.aggregate().of()))
        .distinct()
        .toList();
  }

  private static @Nullable Expression measure(Aggregate aggregate) {
    return switch (aggregate.function()) {
      case FIRST_SEEN -> new EventTime();
      case DISTINCT -> null;
      default -> aggregate.of();
    };
  }

  Plan.UnitPlan compile(Map<Expression, Integer> registers, List<String> categoryFields) {
    Map<Long, List<Aggregated>> byHop = new LinkedHashMap<>();
    windows.forEach(
        w ->
            byHop.computeIfAbsent(w.aggregate().hop().toMillis(), hop -> new ArrayList<>()).add(w));
    List<StateLayout.Group> groups = new ArrayList<>();
    List<Plan.AggregateLoad> loads = new ArrayList<>();
    byHop.forEach(
        (hopMs, members) -> {
          StateLayout.Group group = group(hopMs, members);
          members.forEach(w -> loads.add(load(groups.size(), group, w, registers)));
          groups.add(group);
        });
    loads.sort(
        Comparator.comparingInt(Plan.AggregateLoad::group)
            .thenComparingLong(Plan.AggregateLoad::delayMs)
            .thenComparingLong(Plan.AggregateLoad::windowMs));
    boolean labels = groups.stream().anyMatch(StateLayout.Group::labels);
    StateLayout layout = new StateLayout(layoutId(groups), sinceLast != null, groups);
    return new Plan.UnitPlan(
        new StateUnit(entity.name(), entityIndex, inLine, labels, layout),
        measures(),
        measures().stream().mapToInt(registers::get).toArray(),
        categories().stream().mapToInt(field -> categoryFields.indexOf(field.path())).toArray(),
        List.copyOf(loads),
        sinceLast == null ? -1 : registers.get(sinceLast));
  }

  private StateLayout.Group group(long hopMs, List<Aggregated> members) {
    long reachMs =
        members.stream()
            .mapToLong(w -> w.window().plus(w.aggregate().delay()).toMillis())
            .max()
            .orElseThrow();
    List<StateLayout.Measure> kept = new ArrayList<>();
    List<Expression> all = measures();
    for (int i = 0; i < all.size(); i++) {
      Expression measure = all.get(i);
      List<Function> functions =
          members.stream()
              .map(Aggregated::aggregate)
              .filter(a -> measure.equals(measure(a)))
              .map(Aggregate::function)
              .toList();
      if (!functions.isEmpty()) {
        boolean std = functions.contains(Function.STD);
        kept.add(
            new StateLayout.Measure(
                i,
                std || functions.contains(Function.SUM) || functions.contains(Function.MEAN),
                std,
                functions.contains(Function.MIN) || functions.contains(Function.FIRST_SEEN),
                functions.contains(Function.MAX)));
      }
    }
    List<Integer> sketches =
        categories().stream()
            .filter(field -> members.stream().anyMatch(w -> isDistinctOf(w.aggregate(), field)))
            .map(categories()::indexOf)
            .toList();
    boolean labels = members.stream().anyMatch(w -> w.aggregate().labels());
    return new StateLayout.Group(hopMs, reachMs, labels, kept, sketches);
  }

  private static boolean isDistinctOf(Aggregate aggregate, Field field) {
    return aggregate.function() == Function.DISTINCT && field.equals(aggregate.of());
  }

  private Plan.AggregateLoad load(
      int index, StateLayout.Group group, Aggregated window, Map<Expression, Integer> registers) {
    Aggregate aggregate = window.aggregate();
    int column = -1;
    Expression measure = measure(aggregate);
    if (aggregate.function() == Function.DISTINCT) {
      column = group.sketches().indexOf(categories().indexOf(aggregate.of()));
    } else if (measure != null) {
      int wanted = measures().indexOf(measure);
      column = group.measures().stream().map(StateLayout.Measure::index).toList().indexOf(wanted);
    }
    return new Plan.AggregateLoad(
        window,
        index,
        window.window().toMillis(),
        aggregate.delay().toMillis(),
        aggregate.function(),
        aggregate.labels(),
        column,
        Objects.requireNonNull(registers.get(window)));
  }

  /** Changes with all that gives the bytes another meaning. */
  private int layoutId(List<StateLayout.Group> groups) {
    StringBuilder form = new StringBuilder(entity.name()).append(inLine).append(sinceLast != null);
    measures().forEach(m -> form.append('\n').append(m.canonical()));
    categories().forEach(c -> form.append('\n').append(c.canonical()));
    groups.forEach(g -> form.append('\n').append(g));
    return (int) Long.parseLong(Fingerprint.of(form.toString()).substring(0, 8), 16);
  }
}
