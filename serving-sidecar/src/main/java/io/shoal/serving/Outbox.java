package io.shoal.serving;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * What a task hands to tasks of other keys, many entries in one record: most of what a record costs
 * is per record. What has not left yet is saved at each commit, so that no entry is lost or doubled
 * by a crash. Not thread-safe.
 */
final class Outbox {
  /** Entries leave after so long, at most. */
  static final Duration DELAY_MAX = Duration.ofMillis(50);

  /** Mean entries of a pack where there is enough traffic. */
  private static final int ENTRIES_PER_PACK = 16;

  /** Entries of all partitions together. */
  private static final int PENDING_MAX = 1_024;

  private static final int PARTITION_BITS = 16;

  private final List<Target> targets;
  private final Pack[][] packs;

  /** Whether a pack is another than at the last commit. */
  private final boolean[][] changed;

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
   * @param store of what is pending, which this reads and writes at commits
   * @param targets packs leave in the order of these
   * @param nowMs the time of what was left pending, whose own is not kept
   */
  Outbox(CommitStore store, List<Target> targets, Sender sender, long nowMs) {
    this.targets = List.copyOf(targets);
    this.sender = sender;
    this.timestamp = nowMs;
    this.packs = new Pack[targets.size()][];
    this.changed = new boolean[targets.size()][];
    int partitions = 0;
    for (int t = 0; t < packs.length; t++) {
      packs[t] = new Pack[targets.get(t).partitions()];
      changed[t] = new boolean[packs[t].length];
      for (int p = 0; p < packs[t].length; p++) {
        packs[t][p] = new Pack();
      }
      partitions = Math.max(partitions, packs[t].length);
    }
    this.pendingMax = Math.min(PENDING_MAX, ENTRIES_PER_PACK * partitions * packs.length);
    try (KeyValueIterator<Integer, byte[]> before = store.content().all()) {
      while (before.hasNext()) {
        KeyValue<Integer, byte[]> pack = before.next();
        packs[pack.key >> PARTITION_BITS][pack.key & ((1 << PARTITION_BITS) - 1)].read(pack.value);
        pending++;
      }
    }
    store.atCommits(this::save);
  }

  private void save(KeyValueStore<Integer, byte[]> store) {
    for (int t = 0; t < packs.length; t++) {
      for (int p = 0; p < packs[t].length; p++) {
        if (changed[t][p]) {
          changed[t][p] = false;
          int slot = t << PARTITION_BITS | p;
          if (!packs[t][p].isEmpty()) {
            store.put(slot, packs[t][p].toBytes());
          } else if (store.get(slot) != null) {
            store.delete(slot);
          }
        }
      }
    }
  }

  /**
   * Adds an entry for the partition that a producer would choose for its key.
   *
   * @param target index of the target
   * @param timestampMs of the record that it comes from
   */
  void add(int target, String key, byte[] value, long timestampMs) {
    Pack[] partitions = packs[target];
    int partition =
        Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % partitions.length;
    Pack pack = partitions[partition];
    pack.add(key, value);
    pending++;
    timestamp = timestampMs;
    changed[target][partition] = true;
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
          changed[t][p] = true;
        }
      }
    }
    pending = 0;
  }
}
