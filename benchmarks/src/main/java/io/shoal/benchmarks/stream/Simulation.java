package io.shoal.benchmarks.stream;

import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.features.StateUnit;
import io.shoal.features.Vectorizer;
import io.shoal.schemas.avro.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * Two months of a thousand customers of a population, computed without a stream: the states that
 * its customers and terminals have in the end, and vectors to fit a model to.
 */
final class Simulation {
  private static final int CUSTOMERS = 1_000;
  private static final Duration PERIOD = Duration.ofDays(60);
  private static final int VECTORS = 4_000;

  private final FeatureSet features = FeatureSet.cardTransactions();
  private final Population part;
  private final List<Map<String, byte[]>> states = new ArrayList<>();
  private final float[][] vectors = new float[VECTORS][features.dimension()];

  /**
   * @param end when the last transaction was
   */
  Simulation(Population population, Instant end) {
    part =
        new Population(
            CUSTOMERS, (int) ((long) CUSTOMERS * population.terminals() / population.customers()));
    features.units().forEach(unit -> states.add(new HashMap<>()));
    int count = (int) PERIOD.dividedBy(part.apart());
    Instant start = end.minus(PERIOD);
    IntFunction<Transaction> transactions =
        part.transactions("", number -> start.plus(part.apart().multipliedBy(number)));
    // From the second half, when the windows are full.
    int every = count / 2 / VECTORS;
    Vectorizer vectorizer = features.newVectorizer();
    Event event = features.newEvent();
    for (int i = 0; i < count; i++) {
      read(transactions.apply(i), event);
      vectorizer.begin(event);
      for (int u = 0; u < states.size(); u++) {
        vectorizer.state(u).read(states.get(u).get(key(u, event)));
        vectorizer.add(u);
      }
      int left = count - 1 - i;
      if (left % every == 0 && left / every < VECTORS) {
        vectorizer.compute(vectors[left / every]);
      }
      for (int u = 0; u < states.size(); u++) {
        states.get(u).put(key(u, event), vectorizer.state(u).toBytes());
      }
    }
  }

  private static void read(Transaction transaction, Event event) {
    event.timeMs = transaction.getEventTime().toEpochMilli();
    event.keys[0] = transaction.getCustomerId();
    event.keys[1] = transaction.getTerminalId();
    event.numbers[0] = transaction.getAmount();
  }

  private String key(int unit, Event event) {
    return event.keys[features.units().get(unit).entity()];
  }

  List<StateUnit> units() {
    return features.units();
  }

  /** Vectors of all features, {@code [n, d]}. */
  float[][] vectors() {
    return vectors;
  }

  /** The state of any customer of the population; some share theirs. */
  byte[] customerState(StateUnit unit, int customer) {
    return state(unit, Population.customer(customer % part.customers()));
  }

  /** The state of any terminal of the population. */
  byte[] terminalState(StateUnit unit, int terminal) {
    return state(unit, Population.terminal(terminal % part.terminals()));
  }

  private byte[] state(StateUnit unit, String key) {
    return Objects.requireNonNull(states.get(features.units().indexOf(unit)).get(key), key);
  }
}
