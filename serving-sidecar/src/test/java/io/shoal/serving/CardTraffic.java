package io.shoal.serving;

import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.features.StateUnit;
import io.shoal.features.Vectorizer;
import io.shoal.schemas.avro.Label;
import io.shoal.schemas.avro.Transaction;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Card transactions that depend on their number and a seed alone, and what their features must be.
 * Amounts are whole quarters, so that sums do not depend on their order.
 */
final class CardTraffic {
  private static final FeatureSet FEATURES = TestModels.FEATURES;
  private static final Instant START = Instant.parse("2018-04-01T00:00:00Z");
  private static final int CUSTOMERS = 200;
  private static final int TERMINALS = 40;
  private static final int SECONDS_APART = 60;
  private static final int FRAUD_EVERY = 50;

  private final long seed;

  CardTraffic(long seed) {
    this.seed = seed;
  }

  Transaction transaction(int number) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
    return new Transaction(
        "t-" + number,
        START.plusSeconds((long) number * SECONDS_APART),
        "c-" + random.nextInt(CUSTOMERS),
        "m-" + random.nextInt(TERMINALS),
        random.nextInt(1, 2_000) / 4.0);
  }

  /** Whether a label will say that it was fraud. */
  boolean isFraud(int number) {
    return number % FRAUD_EVERY == 0;
  }

  Label label(int number) {
    return new Label(
        "t-" + number, true, transaction(number).getEventTime().plusSeconds(3_600), "test");
  }

  /** What an uninterrupted run makes of the first transactions, each in its turn. */
  static final class Expected {
    /** Vectors of the transactions, by their id; what stands beside the stream is left empty. */
    final Map<String, float[]> vectors = new HashMap<>();

    /** States of the entities beside the stream, by their replicated key. */
    final Map<String, byte[]> replicas = new HashMap<>();
  }

  /**
   * Computes it.
   *
   * @param labelled how many of the first transactions have had their labels
   */
  Expected expected(int count, int labelled) {
    Expected expected = new Expected();
    Map<String, byte[]> primary = new HashMap<>();
    Vectorizer vectorizer = FEATURES.newVectorizer();
    for (int i = 0; i < count; i++) {
      Event event = event(transaction(i));
      vectorizer.begin(event);
      for (int u = 0; u < FEATURES.units().size(); u++) {
        StateUnit unit = FEATURES.units().get(u);
        String key = unit.inLine() ? event.keys[0] : unit.replicaKey(event.keys[unit.entity()]);
        Map<String, byte[]> states = unit.inLine() ? primary : expected.replicas;
        vectorizer.state(u).read(states.get(key));
        vectorizer.add(u);
        states.put(key, vectorizer.state(u).toBytes());
        if (!unit.inLine()) {
          vectorizer.state(u).read(null);
        }
      }
      float[] vector = new float[FEATURES.dimension()];
      vectorizer.compute(vector);
      expected.vectors.put(event.id, vector);
    }
    for (int i = 0; i < labelled; i++) {
      if (isFraud(i)) {
        Event event = event(transaction(i));
        for (int u = 0; u < FEATURES.units().size(); u++) {
          StateUnit unit = FEATURES.units().get(u);
          if (unit.labels()) {
            String key = unit.replicaKey(event.keys[unit.entity()]);
            vectorizer.state(u).read(expected.replicas.get(key));
            vectorizer.state(u).addFraud(event.timeMs);
            expected.replicas.put(key, vectorizer.state(u).toBytes());
          }
        }
      }
    }
    return expected;
  }

  /** Whether a feature depends on the customer and the transaction alone. */
  static boolean isInLine(int feature) {
    return !FEATURES.names().get(feature).startsWith("terminal");
  }

  private static Event event(Transaction transaction) {
    Event event = FEATURES.newEvent();
    event.id = transaction.getTransactionId();
    event.timeMs = transaction.getEventTime().toEpochMilli();
    event.keys[0] = transaction.getCustomerId();
    event.keys[1] = transaction.getTerminalId();
    event.numbers[0] = transaction.getAmount();
    return event;
  }
}
