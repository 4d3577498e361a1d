package io.shoal.serving;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;

/** Collects the rows of the grades from all instances. Thread-safe. */
final class GradesLookup {
  /** Where {@link GradeApi} answers other instances. */
  static final String PATH = "/internal/grades";

  private final Peers peers;

  GradesLookup(Peers peers) {
    this.peers = peers;
  }

  /**
   * What was found.
   *
   * @param unreachable instances whose rows are missing
   */
  record Found(Grades grades, List<String> unreachable) {}

  /**
   * The rows of this instance.
   *
   * @throws StateUnavailableException while its partitions are on the move
   */
  Grades local() {
    Grades grades = new Grades();
    try (KeyValueIterator<Bytes, byte[]> rows =
        peers
            .streams()
            .store(
                StoreQueryParameters.fromNameAndType(
                    SidecarTopology.GRADES, QueryableStoreTypes.<Bytes, byte[]>keyValueStore()))
            .all()) {
      while (rows.hasNext()) {
        KeyValue<Bytes, byte[]> row = rows.next();
        grades.add(
            GradeLedger.Row.of(ByteBuffer.wrap(row.key.get())), GradeLedger.count(row.value));
      }
    } catch (InvalidStateStoreException e) {
      throw new StateUnavailableException(
          "the grades are not available now (" + e.getMessage() + "); try again", e);
    }
    return grades;
  }

  /** The rows of all instances. */
  Found all() {
    Grades grades = local();
    List<String> unreachable = new ArrayList<>();
    for (HostInfo host : peers.others()) {
      try {
        byte[] rows = peers.get(host, PATH);
        if (rows != null) {
          grades.add(rows);
        }
      } catch (IOException e) {
        unreachable.add(host.host() + ":" + host.port());
      }
    }
    return new Found(grades, unreachable);
  }
}
