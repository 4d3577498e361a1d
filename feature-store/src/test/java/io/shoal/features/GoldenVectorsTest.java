package io.shoal.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Holds the set of the demo to vectors that were computed before sets were declared in files: bit
 * for bit, over late and very late events, ties, labels, and amounts that are no money. The ratio
 * to the customer's mean has changed since: it was a logarithm.
 */
class GoldenVectorsTest {
  private static final FeatureSet FEATURES = FeatureSet.cardTransactions();

  @Test
  void shouldGiveTheSameNumbersAsEver() throws IOException {
    FeatureReplay replay = new FeatureReplay(FEATURES);
    Event event = FEATURES.newEvent();
    float[] vector = new float[FEATURES.dimension()];
    int compared = 0;
    for (String line : lines()) {
      String[] cells = line.split(",", -1);
      event.timeMs = Long.parseLong(cells[1]);
      event.keys[0] = cells[2];
      event.keys[1] = cells[3];
      event.numbers[0] = Double.parseDouble(cells[4]);
      if (cells[0].equals("fraud")) {
        replay.fraud(event);
        continue;
      }
      replay.process(event, vector);
      for (int f = 0; f < vector.length; f++) {
        assertThat(vector[f])
            .as("%s of %s", FEATURES.names().get(f), line)
            .isEqualTo(Float.parseFloat(cells[5 + f]));
      }
      compared++;
    }
    assertThat(compared).isEqualTo(600);
  }

  private static List<String> lines() throws IOException {
    try (InputStream in =
            GoldenVectorsTest.class.getResourceAsStream("/golden/card-transactions.csv");
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      return reader.lines().skip(1).toList();
    }
  }
}
