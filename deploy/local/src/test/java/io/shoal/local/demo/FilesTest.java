package io.shoal.local.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import io.shoal.local.traffic.SimulationPosition;
import io.shoal.replay.PredictionsFile;
import io.shoal.schemas.avro.Contribution;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run writes: predictions, and the simulation's position. */
class FilesTest {
  private static final String HEADER =
      "transaction_id,score,risk,decision,cluster,distance2,model_version,event_time,"
          + "top_feature,top_share";

  @TempDir Path dir;

  @Test
  void shouldWriteOneLinePerPrediction() throws IOException {
    Path file = dir.resolve("out.csv");
    write(file);
    assertThat(Files.readString(file))
        .isEqualTo(
            HEADER
                + "\n7,0.875,0.25,REVIEW,12,3.5,4,2018-04-01T00:00:31Z,amount,0.75\n"
                + "\"a,\"\"b\",,,UNSCORED,,,,2018-04-01T00:00:31Z,,\n");
  }

  @Test
  void shouldCompressWhenTheNameSaysSo() throws IOException {
    Path file = dir.resolve("out.csv.gz");
    write(file);
    try (GZIPInputStream bytes = new GZIPInputStream(Files.newInputStream(file))) {
      assertThat(new String(bytes.readAllBytes(), StandardCharsets.UTF_8).lines())
          .hasSize(3)
          .startsWith(HEADER);
    }
  }

  @Test
  void shouldSayThatPredictionsCannotBeWritten() {
    assertThatThrownBy(() -> new PredictionsFile(dir))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("pass another path");
  }

  @Test
  void shouldKeepThePositionBetweenRuns() {
    PositionFile positions = new PositionFile(dir.resolve("data"));
    assertThat(positions.load(5)).isEqualTo(SimulationPosition.start(5));
    positions.save(new SimulationPosition(5, 1, 2, 3));
    positions.save(new SimulationPosition(5, 40, 9_587, 10_000));
    assertThat(new PositionFile(dir.resolve("data")).load(6))
        .isEqualTo(new SimulationPosition(5, 40, 9_587, 10_000));
    assertThat(dir.resolve("data")).isDirectoryNotContaining("glob:**.next");
  }

  @Test
  void shouldSayWhatToDoAboutDamagedPosition() throws IOException {
    Files.writeString(dir.resolve("simulation.properties"), "seed=5\nday=x\n");
    assertThatThrownBy(() -> new PositionFile(dir).load(5))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("start over with --fresh");
    Files.writeString(dir.resolve("simulation.properties"), "seed=5\nday=1\nday.id=9\nnext.id=8\n");
    assertThatThrownBy(() -> new PositionFile(dir).load(5))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no position");
  }

  private static void write(Path file) {
    Prediction full =
        Prediction.newBuilder()
            .setTransactionId("7")
            .setEventTime(Instant.parse("2018-04-01T00:00:31Z"))
            .setEntityId("c")
            .setScore(.875)
            .setRisk(.25)
            .setDecision(Decision.REVIEW)
            .setClusterId(12)
            .setDistance2(3.5f)
            .setContributions(
                List.of(
                    new Contribution("amount", 900f, .75f), new Contribution("night", 1f, .25f)))
            .setModelVersion(4L)
            .setFingerprint("f")
            .setSourceTopic("transactions")
            .setSourcePartition(0)
            .setSourceOffset(0)
            .build();
    Prediction empty =
        Prediction.newBuilder()
            .setTransactionId("a,\"b")
            .setEventTime(full.getEventTime())
            .setEntityId("c")
            .setFingerprint("f")
            .setSourceTopic("transactions")
            .setSourcePartition(0)
            .setSourceOffset(1)
            .build();
    try (PredictionsFile predictions = new PredictionsFile(file)) {
      predictions.write(full);
      predictions.write(empty);
    }
  }
}
