package io.shoal.features;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/** The offset of a zone, remembered from one change of the clocks to the next. */
final class ZoneOffsets {
  private final ZoneRules rules;
  private long fromMs = 1;
  private long toMs;
  private long offsetMs;

  ZoneOffsets(ZoneId zone) {
    rules = zone.getRules();
  }

  /** What clocks show, in milliseconds since their 1970. */
  long local(long timeMs) {
    if (timeMs < fromMs || timeMs >= toMs) {
      lookUp(Instant.ofEpochMilli(timeMs));
    }
    return timeMs + offsetMs;
  }

  private void lookUp(Instant time) {
    ZoneOffsetTransition next = rules.nextTransition(time);
    // A transition that is exactly now has happened: nothing before it is remembered.
    fromMs = time.toEpochMilli();
    toMs = next == null ? Long.MAX_VALUE : next.getInstant().toEpochMilli();
    offsetMs = rules.getOffset(time).getTotalSeconds() * 1_000L;
  }
}
