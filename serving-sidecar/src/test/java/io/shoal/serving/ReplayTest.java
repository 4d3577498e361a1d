package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
  private static final List<String> TOPICS =
      List.of("features", "predictions", "alerts", "shadow-scores", "ledger-events");

  /** Few: the driver flushes all stores after each. */
  private static final int TRANSACTIONS = 60;

  @TempDir Path first;
  @TempDir Path second;

  @Test
  void shouldGiveTheSameBytesForTheSameInputAndVersions() {
    List<byte[]> once = run(first);
    List<byte[]> again = run(second);

    assertThat(once).hasSizeGreaterThan(3 * TRANSACTIONS);
    assertThat(again).containsExactlyElementsOf(once);
  }

  private static List<byte[]> run(Path stateDir) {
    Random random = new Random(11);
    List<byte[]> bytes = new ArrayList<>();
    try (TestTopology topology = new TestTopology(stateDir, Map.of())) {
      topology.promote("champion", 1);
      topology.promote("challenger", 2);
      for (int i = 0; i < TRANSACTIONS; i++) {
        if (i == TRANSACTIONS / 2) {
          topology.promote("canary", 3);
        }
        topology.send("t-" + i, "c-" + random.nextInt(5), random.nextInt(40_000) / 100.0);
      }
      TOPICS.forEach(topic -> bytes.addAll(topology.bytes(topic)));
    }
    return bytes;
  }
}
