package io.shoal.serving;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.InvalidStateStorePartitionException;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** Collects what was counted for the grades from all instances. Thread-safe. */
final class GradesLookup {
  /** Where {@link GradeApi} answers other instances. */
  static final String PATH = "/internal/grade-rows";

  private final Peers peers;
  private final int maturityDays;

  /**
   * @param maturityDays how long labels take to come in
   */
  GradesLookup(Peers peers, int maturityDays) {
    this.peers = peers;
    this.maturityDays = maturityDays;
  }

  /**
   * What was found.
   *
   * @param lastDay the last day that counts, since 1970; far in the past before there is any
   * @param unreachable instances whose counts are missing
   */
  record Found(Grades grades, int lastDay, List<String> unreachable) {}

  int maturityDays() {
    return maturityDays;
  }

  /** The days, of all instances. */
  Found days() {
    Grades grades = new Grades();
    List<String> unreachable = ask("", local(GradeReader::addDays), grades);
    return new Found(grades, grades.maturedDay(maturityDays), unreachable);
  }

  /**
   * The days and the newest versions on those that count, of all instances.
   *
   * @param before versions from this one on are left out
   */
  Found versions(long before, int limit) {
    Found days = days();
    // The newest of all are among the newest of each.
    List<String> unreachable =
        ask(
            "?lastDay=%d&before=%d&limit=%d".formatted(days.lastDay, before, limit),
            localVersions(days.lastDay, before, limit),
            days.grades);
    return new Found(days.grades, days.lastDay, unreachable);
  }

  /**
   * What this instance has counted on each day.
   *
   * @throws StateUnavailableException while its partitions are on the move
   */
  Grades localDays() {
    return local(GradeReader::addDays);
  }

  /** What this instance has counted of the newest versions. */
  Grades localVersions(int lastDay, long before, int limit) {
    return local((reader, grades) -> reader.addVersions(grades, lastDay, before, limit));
  }

  /** Reads something of a partition. */
  @FunctionalInterface
  private interface Reading {
    void read(GradeReader reader, Grades grades);
  }

  private Grades local(Reading reading) {
    Grades grades = new Grades();
    try {
      KafkaStreams streams = peers.streams();
      List<Integer> partitions =
          streams.metadataForLocalThreads().stream()
              .flatMap(thread -> thread.activeTasks().stream())
              .map(task -> task.taskId().partition())
              .distinct()
              .toList();
      for (int partition : partitions) {
        read(streams, partition, reading, grades);
      }
    } catch (InvalidStateStoreException e) {
      throw new StateUnavailableException(
          "the grades are not available now (" + e.getMessage() + "); try again", e);
    }
    return grades;
  }

  private static void read(KafkaStreams streams, int partition, Reading reading, Grades grades) {
    ReadOnlyKeyValueStore<Bytes, byte[]> store;
    try {
      store =
          streams.store(
              StoreQueryParameters.fromNameAndType(
                      SidecarTopology.GRADES, QueryableStoreTypes.<Bytes, byte[]>keyValueStore())
                  .withPartition(partition));
    } catch (InvalidStateStorePartitionException e) {
      return; // another instance has this one; the partition is of another task here
    }
    reading.read(new GradeReader(store), grades);
  }

  /** Adds what this instance has and what the others answer; says who did not. */
  private List<String> ask(String query, Grades local, Grades grades) {
    grades.add(local.toBytes());
    List<String> unreachable = new ArrayList<>();
    for (HostInfo host : peers.others()) {
      String name = host.host() + ":" + host.port();
      try {
        byte[] rows = peers.get(host, PATH + query);
        if (rows == null) {
          unreachable.add(name); // of another release
        } else {
          grades.add(rows);
        }
      } catch (IOException e) {
        unreachable.add(name);
      }
    }
    return unreachable;
  }
}
