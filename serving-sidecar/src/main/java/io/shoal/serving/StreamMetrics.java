package io.shoal.serving;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.Sensor.RecordingLevel;
import org.apache.kafka.common.metrics.stats.Avg;
import org.apache.kafka.common.metrics.stats.CumulativeCount;
import org.apache.kafka.common.metrics.stats.Max;
import org.apache.kafka.streams.StreamsMetrics;

/**
 * What the features and labels say of themselves, among the metrics of Kafka Streams (JMX and
 * reporters, {@code /metrics}): groups {@code shoal-features} and {@code shoal-labels}.
 */
final class StreamMetrics {
  static final String GROUP = "shoal-features";
  static final String LABELS = "shoal-labels";

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

  /** How labels find what was scored. */
  Labels labels() {
    return new Labels();
  }

  /** Group {@code shoal-labels}. */
  final class Labels {
    private final Sensor joined = sensor("labels-joined");
    private final Sensor unmatched = sensor("labels-unmatched");

    private Labels() {
      joined.add(
          label("joined-total", "Labels that found their transaction."), new CumulativeCount());
      joined.add(
          label("delay-seconds-avg", "Mean time from a transaction to its label's known_at."),
          new Avg());
      joined.add(label("delay-seconds-max", "Longest of these times."), new Max());
      unmatched.add(
          label("unmatched-total", "Labels that no transaction claimed in time."),
          new CumulativeCount());
    }

    void joined(Instant eventTime, Instant knownAt) {
      joined.record((double) Duration.between(eventTime, knownAt).toSeconds());
    }

    void unmatched() {
      unmatched.record();
    }

    private MetricName label(String name, String description) {
      return new MetricName(
          name, LABELS, description, Map.of("thread-id", Thread.currentThread().getName()));
    }
  }

  /** What the skew meter finds at each feature. */
  Skew skew(List<String> features) {
    return new Skew(features);
  }

  /** Tagged with the feature's name. */
  final class Skew {
    private final Sensor[] checked;
    private final Sensor[] mismatches;
    private final Sensor[] missing;

    private Skew(List<String> features) {
      int n = features.size();
      checked = new Sensor[n];
      mismatches = new Sensor[n];
      missing = new Sensor[n];
      for (int f = 0; f < n; f++) {
        Map<String, String> tags = Map.of("feature", features.get(f));
        checked[f] = sensor("skew-checked-" + features.get(f));
        checked[f].add(
            name("skew-checked-total", "Values that were recomputed from raw events.", tags),
            new CumulativeCount());
        checked[f].add(
            name("skew-smape-avg", "Mean of 2 |a - b| / (|a| + |b|) of these, 0 to 2.", tags),
            new Avg());
        mismatches[f] = sensor("skew-mismatch-" + features.get(f));
        mismatches[f].add(
            name("skew-mismatch-total", "Values that raw events do not confirm.", tags),
            new CumulativeCount());
        missing[f] = sensor("skew-missing-" + features.get(f));
        missing[f].add(
            name("skew-missing-total", "Values missing that raw events have.", tags),
            new CumulativeCount());
      }
    }

    void compared(int feature, boolean mismatch, boolean isMissing, double smape) {
      checked[feature].record(smape);
      if (mismatch) {
        mismatches[feature].record();
      }
      if (isMissing) {
        missing[feature].record();
      }
    }
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
