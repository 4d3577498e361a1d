package io.shoal.replay;

import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.features.export.KnownLabel;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What became of each event of a replay, in columns of primitives: some 40 bytes an event. */
public final class Outcomes implements Replay.Listener {
  private static final int START = 1 << 16;

  private final int amountField;
  private final Map<String, Integer> entities = new HashMap<>();
  private int size;
  private long[] timesMs = new long[START];
  private int[] entity = new int[START];
  private float[] amounts = new float[START];
  private double[] scores = new double[START];
  private double[] risks = new double[START];
  private boolean[] fraud = new boolean[START];
  private boolean[] review = new boolean[START];

  /**
   * @param amountField number field of the events that says what is at stake; -1 without one
   */
  private Outcomes(int amountField) {
    this.amountField = amountField;
  }

  /**
   * Outcomes of events of this set; what is at stake is the field {@code amount}, if there is one.
   */
  public static Outcomes of(FeatureSet features) {
    return new Outcomes(features.numberFields().indexOf("amount"));
  }

  @Override
  public void predicted(
      Event event, float[] vector, Prediction prediction, @Nullable KnownLabel label) {
    if (size == timesMs.length) {
      grow();
    }
    Double risk = prediction.getRisk();
    Double score = prediction.getScore();
    timesMs[size] = event.timeMs;
    entity[size] = entities.computeIfAbsent(event.keys[0], key -> entities.size());
    amounts[size] = amountField < 0 ? 0 : (float) event.numbers[amountField];
    scores[size] = score == null ? Double.NaN : score;
    risks[size] = risk == null ? Double.NaN : risk;
    fraud[size] = label != null && label.fraud();
    review[size] = prediction.getDecision() == Decision.REVIEW;
    size++;
  }

  /** Number of events. */
  public int size() {
    return size;
  }

  /** Event time, milliseconds since 1970. */
  public long timeMs(int i) {
    return timesMs[i];
  }

  /** Index of the primary entity. */
  public int entity(int i) {
    return entity[i];
  }

  /** What is at stake; 0 where the events do not say. */
  public double amount(int i) {
    return amounts[i];
  }

  /** Anomaly score; NaN where there was no model. */
  public double score(int i) {
    return scores[i];
  }

  /** Risk; NaN before the first label. */
  public double risk(int i) {
    return risks[i];
  }

  /** Whether it truly was fraud. */
  public boolean fraud(int i) {
    return fraud[i];
  }

  /** Whether a person was asked to look at it. */
  public boolean review(int i) {
    return review[i];
  }

  private void grow() {
    int length = 2 * size;
    timesMs = Arrays.copyOf(timesMs, length);
    entity = Arrays.copyOf(entity, length);
    amounts = Arrays.copyOf(amounts, length);
    scores = Arrays.copyOf(scores, length);
    risks = Arrays.copyOf(risks, length);
    fraud = Arrays.copyOf(fraud, length);
    review = Arrays.copyOf(review, length);
  }
}
