package io.shoal.features.state;

import java.util.Arrays;

/**
 * Window aggregates of one entity over any window up to a fixed reach, held as sparse hop buckets.
 *
 * <p>The windows are sawtooth windows as in Chronon: the head follows every event, the tail moves
 * in steps of a hop. Let {@code H(x)} be the start of the hop that holds the time {@code x}. The
 * window of length {@code w} with delay {@code d} as of {@code t} covers the hops that start at
 * {@code h} with
 *
 * <pre>
 *   H(t - d - w) &lt;= h &lt;= H(t)         without delay (d = 0)
 *   H(t - d - w) &lt;= h &lt;  H(t - d)     with delay    (d &gt; 0)
 * </pre>
 *
 * <ul>
 *   <li>Without delay, on a stream in event-time order, the head is exact: everything up to {@code
 *       t} that was added, nothing else; the window is between {@code w} and {@code w} plus one hop
 *       long. An event that came earlier but lies later in the hop of {@code t} counts too.
 *   <li>With a delay the head can only be resolved to its hop, and the hop that {@code t - d} cuts
 *       is left out: the window never reaches past {@code t - d}. Where {@code w} is a multiple of
 *       the hop it is exactly {@code w} long and ends less than a hop before {@code t - d}. So a
 *       label that comes no later than {@code d} after its event is always counted by the time that
 *       its event is, whatever the order of labels within the hop.
 * </ul>
 *
 * <p>Events out of order land in their bucket. Buckets older than the reach plus one hop, counted
 * back from the newest event's hop, are dropped; an event older than that is refused. So at most
 * {@code ceil(reach / hop) + 1} buckets are held.
 *
 * <p>To ask, {@link #select} a window, then take what is wanted of it. Nothing but sketches
 * allocates once the arrays have grown. Not thread-safe.
 *
 * <p>Its form in a value, all numbers varints: number of buckets, then per bucket, oldest first:
 *
 * <pre>
 *   hop index (the first: zig-zag; then: difference to the one before)
 *   count * 4 + 2 (if frauds follow) + 1 (if measures are missing in some events)
 *   [frauds]
 *   per measure: [events that lack it] [sum] [squared deviations] [min] [max], as declared
 *   per sketch: its length and bytes
 * </pre>
 */
public final class WindowGroup {
  private static final int HAS_FRAUDS = 2;
  private static final int HAS_MISSING = 1;
  private static final int CAPACITY = 16;

  /** Of a bucket as most are, lowest byte first: its step, what it must not have, its count. */
  private static final long STEP = 0x7F;

  private static final long UNUSUAL = 0x8380;
  private static final long COUNT = 0x7C00;
  private static final int COUNT_SHIFT = 10;
  private static final int PLAIN_BYTES = 2;
  private static final int PLAIN_BITS = PLAIN_BYTES * Byte.SIZE;

  private final long hopMs;
  private final long reachMs;
  private final int hopsRetained;
  private final MeasureColumns[] measures;
  private final StateLayout.Measure[] measureLayouts;
  private final SketchColumn[] sketches;

  /** Whether a bucket is at most a sum beside its count. */
  private final boolean isPlain;

  private int size;
  private long[] hops = new long[CAPACITY];
  private int[] counts = new int[CAPACITY];
  private int[] frauds = new int[CAPACITY];

  /** The value that was read last, where each of its buckets begins, and where the last ends. */
  private byte[] source = {};

  private int[] starts = new int[CAPACITY];
  private int sourceSize;
  private int sourceEnd;

  /** So many buckets of the source have been dropped since, the oldest. */
  private int dropped;

  /** So many of those after them are as they were read, and are copied into the next value. */
  private int unchanged;

  private int from;
  private int to;

  WindowGroup(StateLayout.Group layout) {
    hopMs = layout.hopMs();
    reachMs = layout.reachMs();
    hopsRetained = Math.toIntExact(1 - Math.floorDiv(-reachMs, hopMs));
    measureLayouts = layout.measures().toArray(new StateLayout.Measure[0]);
    measures =
        layout.measures().stream()
            .map(m -> new MeasureColumns(m, CAPACITY))
            .toArray(MeasureColumns[]::new);
    sketches =
        layout.sketches().stream()
            .map(category -> new SketchColumn(category, CAPACITY))
            .toArray(SketchColumn[]::new);
    isPlain =
        sketches.length == 0
            && measures.length <= 1
            && layout.measures().stream().allMatch(StateLayout.Measure::isSumAlone);
  }

  void clear() {
    size = 0;
    dropped = 0;
    unchanged = 0;
    from = 0;
    to = 0;
  }

  void read(VarintBuffer in) {
    clear();
    long buckets = in.readUnsigned();
    check(buckets >= 0 && buckets <= hopsRetained, "number of buckets", buckets, in);
    ensureCapacity((int) buckets);
    int i = 0;
    while (i < buckets) {
      if (i > 0 && isPlain) {
        i = readPlain(i, (int) buckets, in);
      }
      if (i < buckets) {
        readBucket(i++, in);
      }
    }
    size = (int) buckets;
    source = in.source();
    sourceSize = size;
    sourceEnd = in.position();
    unchanged = size;
  }

  /**
   * Reads buckets as most are, each from one word: a step and a count of a byte each, neither
   * frauds nor missing measures, and a sum in hundredths where there is a measure. Stops at the
   * first that is not so, or is damaged, and leaves it to {@link #readBucket}.
   *
   * @param first the index of the bucket that comes next, not 0
   * @return the index of the bucket that was not read
   */
  private int readPlain(int first, int buckets, VarintBuffer in) {
    byte[] bytes = in.source();
    int at = in.position();
    int lastWord = bytes.length - Long.BYTES;
    long hop = hops[first - 1];
    long end = hops[0] + hopsRetained;
    int i = first;
    while (i < buckets && at <= lastWord) {
      long word = VarintBuffer.word(bytes, at);
      hop += word & STEP;
      if ((word & UNUSUAL) != 0 || (word & STEP) == 0 || (word & COUNT) == 0 || hop >= end) {
        break;
      }
      int length = PLAIN_BYTES;
      if (measures.length > 0) {
        int more = VarintBuffer.bytesOfNumber(word >>> PLAIN_BITS);
        if (more == 0
            || more > Long.BYTES - PLAIN_BYTES
            || !measures[0].readHundredths(i, word >>> PLAIN_BITS, more)) {
          break;
        }
        length += more;
      }
      hops[i] = hop;
      counts[i] = (int) (word & COUNT) >>> COUNT_SHIFT;
      frauds[i] = 0;
      starts[i] = at;
      at += length;
      i++;
    }
    in.skipTo(at);
    return i;
  }

  private void readBucket(int i, VarintBuffer in) {
    starts[i] = in.position();
    long hop;
    if (i == 0) {
      hop = in.readSigned();
      check(Math.floorDiv(hop * hopMs, hopMs) == hop, "first hop", hop, in);
    } else {
      long step = in.readUnsigned();
      check(step > 0 && step < hopsRetained, "difference of hops", step, in);
      hop = hops[i - 1] + step;
      check(hop - hops[0] < hopsRetained, "span in hops", hop - hops[0], in);
    }
    long header = in.readUnsigned();
    long count = header >>> 2;
    check(count >= 1 && count <= Integer.MAX_VALUE, "count", count, in);
    long fraud = 0;
    if ((header & HAS_FRAUDS) != 0) {
      fraud = in.readUnsigned();
      check(fraud >= 1 && fraud <= count, "number of frauds", fraud, in);
    }
    hops[i] = hop;
    counts[i] = (int) count;
    frauds[i] = (int) fraud;
    for (MeasureColumns measure : measures) {
      measure.read(i, (int) count, (header & HAS_MISSING) != 0, in);
    }
    for (SketchColumn sketch : sketches) {
      sketch.read(i, in);
    }
  }

  void write(VarintBuffer out) {
    out.writeUnsigned(size);
    if (unchanged > 0) {
      writeUnchanged(out);
    }
    for (int i = unchanged; i < size; i++) {
      if (i == 0) {
        out.writeSigned(hops[0]);
      } else {
        out.writeUnsigned(hops[i] - hops[i - 1]);
      }
      boolean missing = false;
      for (MeasureColumns measure : measures) {
        missing |= measure.hasMissing(i);
      }
      out.writeUnsigned(
          (long) counts[i] << 2 | (frauds[i] > 0 ? HAS_FRAUDS : 0) | (missing ? HAS_MISSING : 0));
      if (frauds[i] > 0) {
        out.writeUnsigned(frauds[i]);
      }
      for (MeasureColumns measure : measures) {
        measure.write(i, missing, out);
      }
      for (SketchColumn sketch : sketches) {
        sketch.write(i, out);
      }
    }
  }

  private void writeUnchanged(VarintBuffer out) {
    int next = dropped + unchanged;
    int begin = starts[dropped];
    int end = next == sourceSize ? sourceEnd : starts[next];
    if (dropped > 0) {
      // The first bucket tells its hop, where it told a difference.
      out.writeSigned(hops[0]);
      begin = VarintBuffer.afterNumber(source, begin);
    }
    out.writeRaw(source, begin, end - begin);
  }

  /**
   * Adds an event; see {@link EntityState#add}.
   *
   * @return false when it is older than what is retained; nothing changes then
   */
  boolean add(long eventTimeMs, double[] numbers, long[] categories) {
    long hop = Math.floorDiv(eventTimeMs, hopMs);
    if (size > 0 && hop <= hops[size - 1] - hopsRetained) {
      return false;
    }
    dropBefore(hop - hopsRetained + 1);
    int i = firstAtOrAfter(hop);
    change(i);
    if (i == size || hops[i] != hop) {
      insert(i, hop);
    }
    for (int m = 0; m < measures.length; m++) {
      measures[m].add(i, counts[i], numbers[measureLayouts[m].index()]);
    }
    for (SketchColumn sketch : sketches) {
      sketch.add(i, categories);
    }
    counts[i] = Math.max(counts[i], counts[i] + 1);
    return true;
  }

  /** Notes that an event which was added is a fraud; see {@link EntityState#addFraud}. */
  boolean addFraud(long eventTimeMs) {
    long hop = Math.floorDiv(eventTimeMs, hopMs);
    int i = firstAtOrAfter(hop);
    if (i == size || hops[i] != hop || frauds[i] == counts[i]) {
      return false;
    }
    change(i);
    frauds[i]++;
    return true;
  }

  /**
   * Chooses the window that is asked about from now on.
   *
   * @param asOfMs the time {@code t} of the class description, milliseconds since 1970
   * @param windowMs length {@code w}, positive
   * @param delayMs delay {@code d}, 0 or more; together with the window not longer than the reach
   */
  public void select(long asOfMs, long windowMs, long delayMs) {
    if (windowMs <= 0 || delayMs < 0 || windowMs > reachMs - delayMs) {
      throw new IllegalArgumentException(
          "a window of %d ms with a delay of %d ms is not within the reach of %d ms"
              .formatted(windowMs, delayMs, reachMs));
    }
    from = firstAtOrAfter(Math.floorDiv(asOfMs - delayMs - windowMs, hopMs));
    long head = Math.floorDiv(asOfMs - delayMs, hopMs);
    to = firstAtOrAfter(delayMs == 0 ? head + 1 : head);
  }

  /** Number of events in the window. */
  public long count() {
    long total = 0;
    for (int i = from; i < to; i++) {
      total += counts[i];
    }
    return total;
  }

  /** Number of events in the window that are known to be fraud. */
  public long frauds() {
    long total = 0;
    for (int i = from; i < to; i++) {
      total += frauds[i];
    }
    return total;
  }

  /** Sum of a measure in the window, held within the range of a double; 0 without events. */
  public double sum(int measure) {
    return measures[measure].sum(from, to);
  }

  /** Mean of a measure in the window; NaN without events. */
  public double mean(int measure) {
    long present = measures[measure].present(counts, from, to);
    return present == 0 ? Double.NaN : measures[measure].sum(from, to) / present;
  }

  /** Standard deviation of a measure in the window; NaN without events. */
  public double std(int measure) {
    return measures[measure].std(counts, from, to);
  }

  /** Smallest of a measure in the window; NaN without events. */
  public double min(int measure) {
    return measures[measure].min(counts, from, to);
  }

  /** Largest of a measure in the window; NaN without events. */
  public double max(int measure) {
    return measures[measure].max(counts, from, to);
  }

  /** Estimated number of distinct values of a sketch in the window. */
  public double distinct(int sketch) {
    return sketches[sketch].distinct(from, to);
  }

  /** Whether no window that ends at this time or later holds an event. */
  boolean isExpired(long nowMs) {
    return size == 0 || Math.floorDiv(nowMs, hopMs) - hopsRetained >= hops[size - 1];
  }

  private void dropBefore(long hop) {
    int expired = firstAtOrAfter(hop);
    if (expired > 0) {
      dropped += expired;
      unchanged = Math.max(0, unchanged - expired);
      move(expired, 0, size - expired);
      size -= expired;
    }
  }

  /** The bucket there becomes another one. */
  private void change(int i) {
    unchanged = Math.min(unchanged, i);
  }

  private int firstAtOrAfter(long hop) {
    if (size == 0 || hops[size - 1] < hop) {
      return size; // the usual case of a stream in order
    }
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (hops[middle] < hop) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void insert(int i, long hop) {
    ensureCapacity(size + 1);
    move(i, i + 1, size - i);
    size++;
    hops[i] = hop;
    counts[i] = 0;
    frauds[i] = 0;
    for (MeasureColumns measure : measures) {
      measure.clear(i);
    }
    for (SketchColumn sketch : sketches) {
      sketch.clear(i);
    }
  }

  private void move(int source, int target, int length) {
    if (length == 0) {
      return;
    }
    System.arraycopy(hops, source, hops, target, length);
    System.arraycopy(counts, source, counts, target, length);
    System.arraycopy(frauds, source, frauds, target, length);
    for (MeasureColumns measure : measures) {
      measure.move(source, target, length);
    }
    for (SketchColumn sketch : sketches) {
      sketch.move(source, target, length);
    }
  }

  private void ensureCapacity(int buckets) {
    if (buckets > hops.length) {
      int capacity = Math.max(buckets, Math.min(hopsRetained, 2 * hops.length));
      hops = Arrays.copyOf(hops, capacity);
      counts = Arrays.copyOf(counts, capacity);
      frauds = Arrays.copyOf(frauds, capacity);
      starts = Arrays.copyOf(starts, capacity);
      for (MeasureColumns measure : measures) {
        measure.grow(capacity);
      }
      for (SketchColumn sketch : sketches) {
        sketch.grow(capacity);
      }
    }
  }

  private static void check(boolean holds, String what, long value, VarintBuffer in) {
    if (!holds) {
      throw new CorruptStateException(
          "the value is no state of this layout: %s is %d at byte %d"
              .formatted(what, value, in.position()));
    }
  }
}
