package io.shoal.serving;

import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The last predictions of this instance, for people who watch, and how many there were by decision.
 * Thread-safe, without a lock.
 */
final class RecentPredictions {
  static final int KEPT = 4_096;

  private final AtomicReferenceArray<@Nullable Prediction> ring = new AtomicReferenceArray<>(KEPT);
  private final AtomicLong next = new AtomicLong();
  private final EnumMap<Decision, LongAdder> counts = new EnumMap<>(Decision.class);

  private final Consumer<Prediction> observer;

  RecentPredictions() {
    this(prediction -> {});
  }

  /**
   * @param observer is told of each, on the thread that scores
   */
  RecentPredictions(Consumer<Prediction> observer) {
    this.observer = observer;
    for (Decision decision : Decision.values()) {
      counts.put(decision, new LongAdder());
    }
  }

  void add(Prediction prediction) {
    count(prediction.getDecision()).increment();
    observer.accept(prediction);
    ring.lazySet((int) (next.getAndIncrement() % KEPT), prediction);
  }

  /** How many predictions of this instance had this decision. */
  LongAdder count(Decision decision) {
    return Objects.requireNonNull(counts.get(decision));
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
