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
  /** Mean entries of a pack where there is enough traffic. */
  private static final int ENTRIES_PER_PACK = 16;

  /** Entries of all partitions together. */
  private static final int PENDING_MAX = 1_024;

  private final List<Target> targets;
  private final Pack[][] packs;

  private final Sender sender;
  private final int pendingMax;
  private int pending;
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
    int partitions = 0;
    for (int t = 0; t < packs.length; t++) {
      packs[t] = new Pack[targets.get(t).partitions()];
      for (int p = 0; p < packs[t].length; p++) {
        packs[t][p] = new Pack();
      }
      partitions = Math.max(partitions, packs[t].length);
    }
    this.pendingMax = Math.min(PENDING_MAX, ENTRIES_PER_PACK * partitions * packs.length);
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
    int partition = Utils.toPositive(Utils.murmur2(key)) % partitions.length;
    partitions[partition].add(key, value);
    pending++;
    timestamp = timestampMs;
  }

  /** Sends all that is pending, once that is enough. */
  void flushIfFull() {
    if (pending >= pendingMax) {
      flush();
    }
  }

  /**
   * Sends all that is pending: all of it, since entries must not overtake those of a target before.
   */
  void flush() {
    if (pending == 0) {
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
    pending = 0;
  }
}
