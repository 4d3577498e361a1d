package io.shoal.serving;

import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.features.StateUnit;
import io.shoal.features.Vectorizer;
import io.shoal.features.state.EntityState;
import io.shoal.schemas.avro.Prediction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Scores a whole transaction on request: what the stream would say if it came now. Reads the stored
 * states of its entities and changes none. Thread-safe.
 */
final class RequestScorer {
  private final FeatureSet features;
  private final OnlineFeatures online;
  private final ModelCache models;
  private final StateLookup states;
  private final ThreadLocal<Work> works;

  /** What one thread scores with. */
  private record Work(Vectorizer vectorizer, Predictor predictor) {}

  RequestScorer(
      FeatureSet features,
      OnlineFeatures online,
      ModelCache models,
      Supplier<ReviewPolicy> policy,
      StateLookup states) {
    this.features = features;
    this.online = online;
    this.models = models;
    this.states = states;
    this.works =
        ThreadLocal.withInitial(
            () -> new Work(features.newVectorizer(), new Predictor(features, policy)));
  }

  /**
   * The prediction; its place in the source is not set.
   *
   * @param given fields of the source: all keys and numbers of the feature set; of the event time
   *     now is the default
   * @throws IllegalArgumentException when one is missing or cannot be read
   * @throws StateUnavailableException when a state is not available now
   */
  Prediction score(Map<String, Object> given) {
    requireWhole(given);
    Event event = online.event(given);
    Work work = works.get();
    Vectorizer vectorizer = work.vectorizer();
    vectorizer.begin(event);
    List<StateUnit> units = features.units();
    for (int u = 0; u < units.size(); u++) {
      EntityState state = vectorizer.state(u);
      state.read(states.get(units.get(u), event.keys[units.get(u).entity()]));
      if (units.get(u).inLine()) {
        vectorizer.add(u); // as the stream does, but what becomes of it is stored nowhere
      }
    }
    float[] values = new float[features.dimension()];
    vectorizer.compute(values);
    return work.predictor().predict(event, values, models.deciding(event.keys[0]));
  }

  private void requireWhole(Map<String, Object> given) {
    List<String> missing = new ArrayList<>();
    features.entities().stream()
        .map(entity -> entity.key())
        .filter(key -> !given.containsKey(key) || given.get(key).toString().isEmpty())
        .forEach(missing::add);
    features.numberFields().stream().filter(f -> !given.containsKey(f)).forEach(missing::add);
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "a transaction needs " + String.join(", ", missing) + " too");
    }
  }
}
