package io.shoal.serving;

import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.features.StateUnit;
import io.shoal.features.Vectorizer;
import io.shoal.features.definition.FeatureSetDefinition.Entity;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Computes features on request: what they say of entities at a moment, without an event. Of a row
 * the fields of the source are given, as far as they are known: keys of entities, the event time
 * (now by default), and what the event would carry. Thread-safe.
 */
final class OnlineFeatures {
  private final FeatureSet features;
  private final StateLookup states;
  private final Clock clock;
  private final Set<String> fields = new LinkedHashSet<>();
  private final ThreadLocal<Vectorizer> vectorizers;

  /**
   * One row of an answer.
   *
   * @param timeMs as of which it was computed
   * @param values all features of the set
   * @param missing which of them had no value and show what the set puts there
   */
  record Row(long timeMs, float[] values, boolean[] missing) {}

  OnlineFeatures(FeatureSet features, StateLookup states, Clock clock) {
    this.features = features;
    this.states = states;
    this.clock = clock;
    this.vectorizers = ThreadLocal.withInitial(features::newVectorizer);
    features.entities().stream().map(Entity::key).forEach(fields::add);
    fields.add(features.source().eventTime());
    fields.addAll(features.numberFields());
    fields.addAll(features.categoryFields());
  }

  /** The fields that a row may give. */
  Set<String> fields() {
    return fields;
  }

  /**
   * Computes a row.
   *
   * @param given values of some of {@link #fields}, as text or numbers
   * @throws IllegalArgumentException when one cannot be read
   * @throws StateUnavailableException when a state is not available now
   */
  Row compute(Map<String, Object> given) {
    Event event = event(given);
    Vectorizer vectorizer = vectorizers.get();
    vectorizer.begin(event);
    List<StateUnit> units = features.units();
    for (int u = 0; u < units.size(); u++) {
      String key = event.keys[units.get(u).entity()];
      vectorizer.state(u).read(key.isEmpty() ? null : states.get(units.get(u), key));
    }
    float[] values = new float[features.dimension()];
    vectorizer.compute(values);
    boolean[] missing = new boolean[values.length];
    for (int f = 0; f < values.length; f++) {
      missing[f] = vectorizer.isMissing(f);
    }
    return new Row(event.timeMs, values, missing);
  }

  /**
   * A row as an event without an id.
   *
   * @throws IllegalArgumentException when a value cannot be read
   */
  Event event(Map<String, Object> given) {
    Event event = features.newEvent();
    Object time = given.get(features.source().eventTime());
    event.timeMs = time == null ? clock.millis() : time(time);
    List<Entity> entities = features.entities();
    for (int i = 0; i < entities.size(); i++) {
      Object key = given.get(entities.get(i).key());
      event.keys[i] = key == null ? "" : key.toString();
    }
    List<String> numbers = features.numberFields();
    for (int i = 0; i < numbers.size(); i++) {
      event.numbers[i] = number(numbers.get(i), given.get(numbers.get(i)));
    }
    List<String> categories = features.categoryFields();
    for (int i = 0; i < categories.size(); i++) {
      Object category = given.get(categories.get(i));
      event.categories[i] = category == null ? 0 : Event.hash(category.toString());
    }
    return event;
  }

  private static double number(String field, @Nullable Object value) {
    if (value == null) {
      return Double.NaN;
    }
    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    if (value instanceof Boolean flag) {
      return flag ? 1 : 0;
    }
    try {
      double number = Double.parseDouble(value.toString());
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(field + ": '" + value + "' is no number", e);
    }
    throw new IllegalArgumentException(field + ": '" + value + "' is not finite");
  }

  private long time(Object value) {
    try {
      return value instanceof Number number
          ? features.source().timeUnit().toMillis(number.longValue())
          : Instant.parse(value.toString()).toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException(
          features.source().eventTime() + ": '" + value + "' is no time (ISO-8601)", e);
    }
  }

  /** Indexes of the wanted features; all of them when none is named. */
  int[] select(List<String> wanted) {
    if (wanted.isEmpty()) {
      return features.indexesOf(features.names());
    }
    List<String> names = new ArrayList<>();
    for (String name : wanted) {
      // Feast's form: the name of the view before a colon.
      names.add(
          name.startsWith(features.name() + ":") ? name.substring(name.indexOf(':') + 1) : name);
    }
    return features.indexesOf(names);
  }
}
