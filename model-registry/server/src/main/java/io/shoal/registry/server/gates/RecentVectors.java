package io.shoal.registry.server.gates;

import io.shoal.schemas.avro.FeatureVector;
import io.shoal.schemas.avro.LearnedOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The newest vectors of recent traffic, bounded. Thread-safe. */
public final class RecentVectors {
  private final int capacity;
  private final Deque<Held> held = new ArrayDeque<>();

  /** A vector and where it stands in its topic. */
  private record Held(int partition, long offset, FeatureVector vector) {}

  /**
   * Vectors to judge a candidate by.
   *
   * @param unseen whether the candidate has learned from none of them
   */
  public record Sample(List<FeatureVector> vectors, boolean unseen) {}

  /** Holds at most so many vectors. */
  public RecentVectors(int capacity) {
    this.capacity = capacity;
  }

  /** How many vectors it holds at most. */
  public int capacity() {
    return capacity;
  }

  /** Adds a vector; the oldest makes room. */
  public synchronized void add(int partition, long offset, FeatureVector vector) {
    if (held.size() == capacity) {
      held.removeFirst();
    }
    held.addLast(new Held(partition, offset, vector));
  }

  /**
   * The vectors of a feature set that lie beyond what a candidate has learned from; where these are
   * too few, all.
   *
   * @param learned offsets after the last records that the candidate learned from
   * @param enough how many unseen vectors suffice
   */
  public synchronized Sample sample(String fingerprint, List<LearnedOffset> learned, int enough) {
    Map<Integer, Long> next = new HashMap<>();
    learned.forEach(offset -> next.merge(offset.getPartition(), offset.getNextOffset(), Math::max));
    List<FeatureVector> all = new ArrayList<>();
    List<FeatureVector> unseen = new ArrayList<>();
    for (Held one : held) {
      if (one.vector().getFingerprint().equals(fingerprint)) {
        all.add(one.vector());
        if (one.offset() >= next.getOrDefault(one.partition(), Long.MAX_VALUE)) {
          unseen.add(one.vector());
        }
      }
    }
    return unseen.size() >= enough ? new Sample(unseen, true) : new Sample(all, false);
  }
}
