package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class DroppedRecordsTest {
  private static final long SECOND_NS = 1_000_000_000L;
  private static final ConsumerRecord<byte[], byte[]> RECORD =
      new ConsumerRecord<>("features", 1, 42, new byte[0], new byte[0]);

  private final TrainerProgress progress = new TrainerProgress();
  private final Map<String, Counter> counters = new HashMap<>();
  private long nowNs = -5 * SECOND_NS;
  private final DroppedRecords dropped = new DroppedRecords(progress, new Group(""), () -> nowNs);

  @Test
  void shouldWarnOnceInTenSeconds() {
    assertThat(dropped.drop("no-value", "", RECORD)).isTrue();
    assertThat(dropped.drop("no-value", "", RECORD)).isFalse();
    nowNs += 10 * SECOND_NS - 1;
    assertThat(dropped.drop("no-value", "", RECORD)).isFalse();
    nowNs++;
    assertThat(dropped.drop("no-value", "", RECORD)).isTrue();
  }

  @Test
  void shouldCountByReason() {
    dropped.drop("no-value", "", RECORD);
    dropped.drop("not-finite", "", RECORD);
    dropped.drop("not-finite", "", RECORD);

    assertThat(progress.dropped()).isEqualTo(3);
    assertThat(counters.get("reason.no-value.dropped").getCount()).isEqualTo(1);
    assertThat(counters.get("reason.not-finite.dropped").getCount()).isEqualTo(2);
  }

  /** A metric group that keeps its counters by their full names. */
  private final class Group extends UnregisteredMetricsGroup {
    private final String prefix;

    Group(String prefix) {
      this.prefix = prefix;
    }

    @Override
    public MetricGroup addGroup(String key, String value) {
      return new Group(prefix + key + "." + value + ".");
    }

    @Override
    public Counter counter(String name) {
      return counters.computeIfAbsent(prefix + name, unused -> new SimpleCounter());
    }
  }
}
