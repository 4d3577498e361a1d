package io.shoal.serving;

import java.util.List;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.api.Record;

/**
 * What a task hands to tasks of other keys, many entries in one record: most of what a record costs
 * is per record. Its owner flushes it at each commit, so that no entry is lost or doubled by a
 * crash. Not thread-safe.
 */
final class Outbox {
  /**
   * A pack that has grown to this lets all leave; without it they leave at the commit. What a
   * record costs is little beside so many entries, and it is far from what a broker refuses.
   */
  private static final int PACK_BYTES = 16 << 10;

  private final List<Target> targets;
  private final Pack[][] packs;

  private final Sender sender;
  private boolean pending;
  private boolean full;
  private long timestamp;

  /** A sink whose topic has so many partitions. */
  record Target(String sink, int partitions) {}

  /** Forwards a pack, whose key is its partition, to a sink. */
  @FunctionalInterface
  interface Sender {
    void send(Record<String, Object> pack, String sink);
  }

  /**
   * @param targets packs leave in the order of these
   */
  Outbox(List<Target> targets, Sender sender) {
    this.targets = List.copyOf(targets);
    this.sender = sender;
    this.packs = new Pack[targets.size()][];
    for (int t = 0; t < packs.length; t++) {
      packs[t] = new Pack[targets.get(t).partitions()];
      for (int p = 0; p < packs[t].length; p++) {
        packs[t][p] = new Pack();
      }
    }
  }

  /**
   * Adds an entry for the partition that a producer would choose for its key.
   *
   * @param target index of the target
   * @param key in UTF-8
   * @param timestampMs of the record that it comes from
   */
  void add(int target, byte[] key, byte[] value, long timestampMs) {
    Pack[] partitions = packs[target];
    Pack pack = partitions[Utils.toPositive(Utils.murmur2(key)) % partitions.length];
    pack.add(key, value);
    pending = true;
    full |= pack.size() >= PACK_BYTES;
    timestamp = timestampMs;
  }

  /** Sends all that is pending, once a pack has grown enough. */
  void flushIfFull() {
    if (full) {
      flush();
    }
  }

  /**
   * Sends all that is pending: all of it, since entries must not overtake those of a target before.
   */
  void flush() {
    if (!pending) {
      return;
    }
    for (int t = 0; t < packs.length; t++) {
      for (int p = 0; p < packs[t].length; p++) {
        Pack pack = packs[t][p];
        if (!pack.isEmpty()) {
          sender.send(
              new Record<>(Integer.toString(p), pack.toBytes(), timestamp), targets.get(t).sink());
          pack.clear();
        }
      }
    }
    pending = false;
    full = false;
  }
}
