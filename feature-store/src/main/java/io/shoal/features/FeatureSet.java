package io.shoal.features;

import io.shoal.features.definition.FeatureSetDefinition;
import io.shoal.features.definition.FeatureSetDefinition.Entity;
import io.shoal.features.definition.FeatureSetDefinition.Feature;
import io.shoal.features.definition.FeatureSetDefinition.Source;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * An ordered list of named features, each computed from one event and the window aggregates of its
 * entities: a declaration, compiled. Immutable and thread-safe; each thread computes with a {@link
 * Vectorizer} of its own.
 */
public final class FeatureSet {
  private final FeatureSetDefinition definition;
  private final Plan plan;
  private final List<String> numberFields;
  private final List<String> categoryFields;
  private final List<StateUnit> units;
  private final List<List<Integer>> unitsOf;
  private final List<String> names;
  private final String fingerprint;

  /** Compiles a declaration. */
  public FeatureSet(FeatureSetDefinition definition) {
    this.definition = definition;
    PlanCompiler compiler = new PlanCompiler(definition);
    plan = compiler.compile();
    numberFields = compiler.numberFields();
    categoryFields = compiler.categoryFields();
    units = Arrays.stream(plan.units()).map(Plan.UnitPlan::unit).toList();
    unitsOf = definition.features().stream().map(f -> plan.unitsOf(f.value())).toList();
    names = definition.features().stream().map(Feature::name).toList();
    fingerprint = Fingerprint.of(canonicalForm());
  }

  /**
   * Reads and compiles a file; docs/features.md says what stands in it.
   *
   * @throws io.shoal.config.ConfigException when it cannot be read or something in it is wrong
   */
  public static FeatureSet load(Path file) {
    return new FeatureSet(FeatureSetDefinition.read(file));
  }

  /** The set of the demo, {@code card-transactions.yaml} on the class path. */
  public static FeatureSet cardTransactions() {
    return CardTransactions.SET;
  }

  /** Of the set. */
  public String name() {
    return definition.name();
  }

  /** Where its events come from. */
  public Source source() {
    return definition.source();
  }

  /** Whose events are aggregated; the first is the key of the messages. */
  public List<Entity> entities() {
    return definition.entities();
  }

  /** Fields of the record that are read as numbers, in the order of {@link Event#numbers}. */
  public List<String> numberFields() {
    return numberFields;
  }

  /** Fields of the record that are read as categories, in the order of {@link Event#categories}. */
  public List<String> categoryFields() {
    return categoryFields;
  }

  FeatureSetDefinition definition() {
    return definition;
  }

  Plan plan() {
    return plan;
  }

  /** The states that are kept, in the order of {@link Vectorizer#state}. */
  public List<StateUnit> units() {
    return units;
  }

  /** The states that a feature is computed from, by their indexes in {@link #units}. */
  public List<Integer> unitsOf(int feature) {
    return unitsOf.get(feature);
  }

  /** The features' names, in the order of the vector. */
  public List<String> names() {
    return names;
  }

  /** Length of the vector. */
  public int dimension() {
    return names.size();
  }

  /** The names of those features that a model learns from unless told otherwise. */
  public List<String> modelFeatures() {
    return definition.modelFeatures();
  }

  /**
   * Where these features stand in the vector.
   *
   * @throws IllegalArgumentException when a name is not of this set
   */
  public int[] indexesOf(List<String> wanted) {
    return wanted.stream().mapToInt(this::indexOf).toArray();
  }

  /**
   * Differences, in each feature's units, below which two values are alike to a person: a learner's
   * scales should not be smaller.
   *
   * @throws IllegalArgumentException when a name is not of this set
   */
  public List<Float> resolutionsOf(List<String> wanted) {
    return wanted.stream()
        .map(feature -> definition.features().get(indexOf(feature)).resolution())
        .toList();
  }

  private int indexOf(String wanted) {
    int index = names.indexOf(wanted);
    if (index < 0) {
      throw new IllegalArgumentException(
          "the feature set %s has no feature '%s'; it has %s"
              .formatted(name(), wanted, String.join(", ", names)));
    }
    return index;
  }

  /**
   * Tells this set from every other that would give other numbers: the first 16 hexadecimal digits
   * of the SHA-256 of its canonical form. It travels with every vector, model and prediction.
   */
  public String fingerprint() {
    return fingerprint;
  }

  /** An event of the shape that this set reads. */
  public Event newEvent() {
    return new Event(entities().size(), numberFields.size(), categoryFields.size());
  }

  /** Computes vectors of this set, for one thread. */
  public Vectorizer newVectorizer() {
    return new Vectorizer(plan);
  }

  /**
   * What the values depend on, and nothing else: not the topic, not the names of aggregates, not
   * the order of the file.
   */
  String canonicalForm() {
    StringBuilder form = new StringBuilder("shoal feature set, version 2\n");
    form.append(name()).append('\n');
    form.append("event time ").append(source().eventTime()).append('\n');
    for (Entity entity : entities()) {
      form.append("entity ").append(entity.name()).append(" = ").append(entity.key()).append('\n');
    }
    for (Feature feature : definition.features()) {
      form.append(feature.name()).append(" = ").append(feature.value().canonical());
      form.append(" or ").append(feature.missing()).append('\n');
    }
    return form.toString();
  }

  /** Read when it is first asked for. */
  private static final class CardTransactions {
    static final FeatureSet SET =
        new FeatureSet(FeatureSetDefinition.resource("/io/shoal/features/card-transactions.yaml"));
  }
}
