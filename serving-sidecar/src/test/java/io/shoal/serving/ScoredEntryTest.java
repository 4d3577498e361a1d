package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.features.InvalidEventException;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScoredEntryTest {
  private static final FeatureSet FEATURES = TestModels.FEATURES;
  private static final int ENTITIES = FEATURES.entities().size();
  private static final long SET = ScoredEntry.set("f");

  private final Event event = FEATURES.newEvent();
  private final Prediction prediction = new Prediction();

  @Test
  void shouldReadWhatItWrote() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      event.timeMs = random.nextLong(4_000_000_000_000L);
      for (int k = 0; k < ENTITIES; k++) {
        event.keys[k] = text(random);
      }
      float[] values = new float[random.nextInt(100)];
      for (int v = 0; v < values.length; v++) {
        values[v] = Float.intBitsToFloat(random.nextInt());
      }
      boolean review = random.nextBoolean();
      prediction.setDecision(review ? Decision.REVIEW : Decision.PASS);
      byte[] entry = ScoredEntry.toBytes(event, values, prediction, SET);
      boolean fraud = random.nextBoolean();

      ScoredEntry.setTimeMs(entry, 0, 5); // what is believed does not change what happened
      check(entry, values, review, null);
      check(ScoredEntry.labelled(entry, fraud), values, review, fraud);
      check(entry, values, review, null);
    }
  }

  private void check(byte[] entry, float[] values, boolean review, Boolean fraud) {
    ScoredEntry.Details details = ScoredEntry.read(entry, ENTITIES);
    assertThat(details.eventTime()).isEqualTo(Instant.ofEpochMilli(event.timeMs));
    assertThat(details.keys()).containsExactly(event.keys);
    assertThat(details.values()).containsExactly(values);
    assertThat(details.review()).isEqualTo(review);
    assertThat(details.fraud()).isEqualTo(fraud);
    assertThat(ScoredEntry.timeMs(entry, 0)).isEqualTo(5);
  }

  /** From nothing to longer than a byte can count, of all alphabets. */
  private static String text(Random random) {
    return random
        .ints(random.nextInt(300), 1, 0xD800)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  @Test
  void shouldTellWhatAnEntryIsAskedForWithoutReadingItAll() {
    event.timeMs = 7;
    prediction.setModelVersion(3L);
    prediction.setScore(0.5);
    byte[] entry = ScoredEntry.toBytes(event, new float[] {9}, prediction, SET);

    assertThat(ScoredEntry.timeMs(entry, 0)).isEqualTo(7);
    assertThat(ScoredEntry.set(entry, 0)).isEqualTo(SET).isNotEqualTo(ScoredEntry.set("g"));
    assertThat(ScoredEntry.version(entry, 0)).isEqualTo(3);
    assertThat(ScoredEntry.score(entry, 0)).isEqualTo(0.5);
    assertThat(ScoredEntry.risk(entry, 0)).isNaN();
    prediction.setModelVersion(null);
    prediction.setRisk(0.25);
    byte[] unscored = ScoredEntry.toBytes(event, new float[] {9}, prediction, SET);
    assertThat(ScoredEntry.version(unscored, 0)).isEqualTo(ScoredEntry.UNSCORED);
    assertThat(ScoredEntry.risk(unscored, 0)).isEqualTo(0.25);
  }

  @Test
  void shouldSayThatAnEntryIsDamagedOrOfAnotherVersion() {
    byte[] entry = ScoredEntry.toBytes(event, new float[0], prediction, SET);
    for (int length = 0; length < entry.length; length++) {
      byte[] half = Arrays.copyOf(entry, length);
      assertThatThrownBy(() -> ScoredEntry.read(half, ENTITIES))
          .isInstanceOf(InvalidEventException.class);
    }
    byte[] endless = entry.clone();
    Arrays.fill(endless, entry.length - ENTITIES, entry.length, (byte) -1);
    assertThatThrownBy(() -> ScoredEntry.read(endless, ENTITIES)).hasMessageContaining("damaged");
    byte[] avro = entry.clone();
    avro[ScoredEntry.HEADER_BYTES] = 0;
    assertThatThrownBy(() -> ScoredEntry.read(avro, ENTITIES))
        .hasMessageContaining("another version of Shoal");
  }
}
