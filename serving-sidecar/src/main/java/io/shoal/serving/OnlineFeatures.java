package io.shoal.serving;

import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.features.StateUnit;
import io.shoal.features.Vectorizer;
import io.shoal.features.definition.FeatureSetDefinition.Entity;
import io.shoal.features.state.EntityState;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
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
  private static final Comparator<Status> BEST_FIRST =
      Comparator.comparing(
          List.of(Status.PRESENT, Status.OUTSIDE_MAX_AGE, Status.NOT_FOUND)::indexOf);

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
   * @param statuses of the values
   */
  record Row(long timeMs, float[] values, Status[] statuses) {}

  /** What a value is, in Feast's words; whatever it is, the value is what a model would see. */
  enum Status {
    /** Computed. */
    PRESENT,
    /** Nothing to compute it from: it shows what the set puts there. */
    NULL_VALUE,
    /** Nothing is known of the entities that it is about. */
    NOT_FOUND,
    /** All that is known of its entities lies before the windows. */
    OUTSIDE_MAX_AGE
  }

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
    Status[] units = new Status[features.units().size()];
    for (int u = 0; u < units.length; u++) {
      StateUnit unit = features.units().get(u);
      String key = event.keys[unit.entity()];
      byte[] state = key.isEmpty() ? null : states.get(unit, key);
      vectorizer.state(u).read(state);
      units[u] = status(state, vectorizer.state(u), event.timeMs);
    }
    float[] values = new float[features.dimension()];
    vectorizer.compute(values);
    Status[] statuses = new Status[values.length];
    for (int f = 0; f < values.length; f++) {
      statuses[f] = status(features.unitsOf(f), units);
      if (statuses[f] == Status.PRESENT && vectorizer.isMissing(f)) {
        statuses[f] = Status.NULL_VALUE;
      }
    }
    return new Row(event.timeMs, values, statuses);
  }

  /** Whether a row can be computed without asking another instance. */
  boolean isLocal(Map<String, Object> given) {
    for (StateUnit unit : features.units()) {
      Object key = given.get(features.entities().get(unit.entity()).key());
      if (key != null && !states.isLocal(unit, key.toString())) {
        return false;
      }
    }
    return true;
  }

  private static Status status(byte @Nullable [] state, EntityState content, long timeMs) {
    if (state == null) {
      return Status.NOT_FOUND;
    }
    return content.isExpired(timeMs) ? Status.OUTSIDE_MAX_AGE : Status.PRESENT;
  }

  /** A feature of several entities is there as soon as one of them is. */
  private static Status status(List<Integer> needed, Status[] units) {
    return needed.stream().map(u -> units[u]).min(BEST_FIRST).orElse(Status.PRESENT);
  }

  private Event event(Map<String, Object> given) {
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
