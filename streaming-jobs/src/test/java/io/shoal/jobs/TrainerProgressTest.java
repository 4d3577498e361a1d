package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.kmeans.LearningMetrics;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TrainerProgressTest {
  private final Map<String, Gauge<?>> gauges = new HashMap<>();
  private final AtomicLong nowMs = new AtomicLong(10_000);
  private final TrainerProgress progress = new TrainerProgress();

  @BeforeEach
  void register() {
    UnregisteredMetricsGroup group =
        new UnregisteredMetricsGroup() {
          @Override
          public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
            gauges.put(name, gauge);
            return gauge;
          }
        };
    progress.registerTrainer(group, new BatchClock(() -> 0), nowMs::get);
  }

  @Test
  void shouldSayThatThereIsNoVersionAndNoEventYet() {
    assertThat(value("versionAgeMs")).isEqualTo(-1L);
    assertThat(value("eventTimeLagMs")).isEqualTo(-1L);
    assertThat(value("drift")).isEqualTo(0);
  }

  @Test
  void shouldTellTheMetricsOfTheLastBatch() {
    progress.started("run", "simd");
    progress.at(OptionalLong.of(9_000), OptionalLong.of(4_000));
    progress.drifts(true, 0.3);
    progress.learned(new LearningMetrics(1_000, 10, 0.02, 7, 1.5, 0, 0, 10), 3, 5);
    nowMs.set(12_000);

    assertThat(value("versionAgeMs")).isEqualTo(3_000L);
    assertThat(value("eventTimeLagMs")).isEqualTo(8_000L);
    assertThat(value("eventsLearned")).isEqualTo(990L);
    assertThat(value("quarantineShare")).isEqualTo(0.02);
    assertThat(value("sequence")).isEqualTo(5L);
    assertThat(value("drift")).isEqualTo(1);
    assertThat(value("populationStability")).isEqualTo(0.3);
    assertThat(value("kernel")).isEqualTo("simd");
  }

  private Object value(String name) {
    assertThat(gauges).containsKey(name);
    return gauges.get(name).getValue();
  }
}
