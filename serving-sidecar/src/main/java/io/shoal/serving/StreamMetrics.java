package io.shoal.serving;

import java.util.Map;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.Sensor.RecordingLevel;
import org.apache.kafka.common.metrics.stats.Avg;
import org.apache.kafka.common.metrics.stats.CumulativeCount;
import org.apache.kafka.common.metrics.stats.Max;
import org.apache.kafka.streams.StreamsMetrics;

/**
 * What the features say of themselves, among the metrics of Kafka Streams (JMX and reporters):
 * group {@code shoal-features}.
 */
final class StreamMetrics {
  static final String GROUP = "shoal-features";

  private final StreamsMetrics metrics;
  private final Sensor late;
  private final Sensor staleness;

  StreamMetrics(StreamsMetrics metrics) {
    this.metrics = metrics;
    this.late = sensor("late");
    late.add(
        name(
            "late-events-total",
            "Events that came too late for some windows, or labels for nothing.",
            Map.of()),
        new CumulativeCount());
    this.staleness = sensor("staleness");
    staleness.add(
        name("replica-staleness-avg-ms", "Age of replicated states when they arrive.", Map.of()),
        new Avg());
    staleness.add(
        name(
            "replica-staleness-max-ms",
            "Greatest age of replicated states when they arrive.",
            Map.of()),
        new Max());
  }

  void late() {
    late.record();
  }

  void staleness(long ageMs) {
    staleness.record((double) ageMs);
  }

  Sensor sensor(String name) {
    return metrics.addSensor(
        GROUP + "-" + Thread.currentThread().getName() + "-" + name, RecordingLevel.INFO);
  }

  MetricName name(String name, String description, Map<String, String> tags) {
    Map<String, String> all = new java.util.TreeMap<>(tags);
    all.put("thread-id", Thread.currentThread().getName());
    return new MetricName(name, GROUP, description, all);
  }
}
