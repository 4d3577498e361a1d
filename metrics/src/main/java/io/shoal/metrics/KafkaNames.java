package io.shoal.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/** Brings the meters of Kafka's clients and streams into Prometheus' form, and leaves some out. */
final class KafkaNames implements MeterFilter {
  /** What Shoal registers in Kafka's own metrics comes out as Shoal's. */
  private static final String OURS = "kafka.shoal.";

  /**
   * Kafka Streams has another tag for each kind of store; Prometheus wants the same ones for all
   * meters of a name.
   */
  private static final Pattern STATE = Pattern.compile(".+\\.state\\.id");

  private static final String STATE_ID = "rocksdb.state.id";

  /**
   * A third of all series, and nothing that a person would look at: each broker apart for each
   * client, and operations that Shoal's states do not have.
   */
  private static final Pattern LEFT_OUT =
      Pattern.compile(
          "kafka\\.(consumer|producer)\\.node\\..*|kafka\\.admin\\..*|.*\\.e2e\\.latency\\.min"
              + "|kafka\\.stream\\.state\\.(all|prefix\\.scan|put\\.all|put\\.if\\.absent|range|iterator"
              + "|oldest)\\..*");

  @Override
  public MeterFilterReply accept(Meter.Id id) {
    return LEFT_OUT.matcher(id.getName()).matches()
        ? MeterFilterReply.DENY
        : MeterFilterReply.NEUTRAL;
  }

  @Override
  public Meter.Id map(Meter.Id id) {
    if (id.getName().startsWith(OURS)) {
      return id.withName("shoal." + id.getName().substring(OURS.length()));
    }
    if (!id.getName().startsWith("kafka.stream.state.")) {
      return id;
    }
    List<Tag> tags =
        StreamSupport.stream(id.getTagsAsIterable().spliterator(), false)
            .map(t -> STATE.matcher(t.getKey()).matches() ? Tag.of(STATE_ID, t.getValue()) : t)
            .toList();
    return id.replaceTags(tags);
  }
}
