package io.shoal.serving;

import io.shoal.schemas.avro.Prediction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The last predictions of this instance, for people who watch. Thread-safe, without a lock. */
final class RecentPredictions {
  static final int KEPT = 4_096;

  private final AtomicReferenceArray<@Nullable Prediction> ring = new AtomicReferenceArray<>(KEPT);
  private final AtomicLong next = new AtomicLong();

  void add(Prediction prediction) {
    ring.lazySet((int) (next.getAndIncrement() % KEPT), prediction);
  }

  /** The newest that are wanted, newest first. */
  List<Prediction> last(int limit, Predicate<Prediction> wanted) {
    List<Prediction> found = new ArrayList<>();
    long end = next.get();
    for (long i = end - 1; i >= Math.max(0, end - KEPT) && found.size() < limit; i--) {
      Prediction prediction = ring.get((int) (i % KEPT));
      if (prediction != null && wanted.test(prediction)) {
        found.add(prediction);
      }
    }
    return found;
  }
}
