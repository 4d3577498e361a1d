package io.shoal.jobs;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts records that the trainer cannot use and warns of them, at most once in ten seconds. They
 * are not dead-lettered: the sidecar checked them before it wrote them, so each one here means that
 * something else writes to the topic or that the feature set was changed under way.
 */
final class DroppedRecords {
  private static final Logger log = LoggerFactory.getLogger(DroppedRecords.class);
  private static final long WARNING_INTERVAL_NS = 10_000_000_000L;

  private final TrainerProgress progress;
  private final MetricGroup metrics;
  private final LongSupplier nanoClock;
  private final Map<String, Counter> counters = new HashMap<>();
  private long sinceWarning;
  private long warnedNs;

  DroppedRecords(TrainerProgress progress, MetricGroup metrics, LongSupplier nanoClock) {
    this.progress = progress;
    this.metrics = metrics;
    this.nanoClock = nanoClock;
    this.warnedNs = nanoClock.getAsLong() - WARNING_INTERVAL_NS;
  }

  /**
   * Notes one record.
   *
   * @param reason short and stable, of a small set: it becomes the name of a counter
   * @return whether a warning was logged
   */
  boolean drop(String reason, String detail, ConsumerRecord<byte[], byte[]> record) {
    progress.drop();
    counters.computeIfAbsent(reason, r -> TrainerProgress.registerDropped(metrics, r)).inc();
    sinceWarning++;
    long nowNs = nanoClock.getAsLong();
    if (nowNs - warnedNs < WARNING_INTERVAL_NS) {
      return false;
    }
    log.warn(
        "dropped {} records that cannot be learned from since the last warning; the last one: {}{} at {}-{} offset {}",
        sinceWarning,
        reason,
        detail.isEmpty() ? "" : " (" + detail + ")",
        record.topic(),
        record.partition(),
        record.offset());
    sinceWarning = 0;
    warnedNs = nowNs;
    return true;
  }
}
