package io.shoal.features;

import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Window aggregates of one entity (how many events, the sum of their amounts, how many were fraud)
 * over any window up to a fixed reach, held as sparse hop buckets and stored as one compact value.
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
 * <p>The object is mutable and meant to be reused: {@link #read}, {@link #add}, ask, {@link
 * #toBytes}. Nothing but {@code toBytes} allocates once the arrays have grown. Not thread-safe.
 *
 * <p>Form of the value, version 1 (all numbers but the doubles are varints):
 *
 * <pre>
 *   version (one byte), hop in seconds, number of buckets, then per bucket, oldest first:
 *     hop index (the first: zig-zag; then: difference to the one before)
 *     count * 4 + 2 (if frauds follow) + 1 (if the sum is a double)
 *     [frauds]
 *     sum: in hundredths where that is exact, which money amounts are, else as a double
 * </pre>
 */
public final class WindowState {
  private static final int VERSION = 1;
  private static final int HOPS_RETAINED_MAX = 1 << 16;
  private static final int HAS_FRAUDS = 2;
  private static final int SUM_IS_DOUBLE = 1;

  /** Above this a varint of hundredths is no shorter than a double. */
  private static final long HUNDREDTHS_MAX = 1L << 49;

  private final long hopMs;
  private final long reachMs;
  private final int hopsRetained;
  private final VarintBuffer output = new VarintBuffer();
  private final VarintBuffer input = new VarintBuffer();

  private int size;
  private long[] hops = new long[16];
  private int[] counts = new int[16];
  private int[] frauds = new int[16];
  private double[] sums = new double[16];

  /**
   * An empty state.
   *
   * @param hop width of a bucket: whole seconds
   * @param reach the longest window plus its delay that will be asked for: 1 to 65,535 hops
   */
  public WindowState(Duration hop, Duration reach) {
    if (hop.getSeconds() < 1 || hop.getNano() != 0) {
      throw new IllegalArgumentException("the hop must be whole seconds, at least one: " + hop);
    }
    hopMs = hop.toMillis();
    reachMs = reach.toMillis();
    long retained = 1 - Math.floorDiv(-reachMs, hopMs);
    if (reachMs < hopMs || retained > HOPS_RETAINED_MAX) {
      throw new IllegalArgumentException(
          "the reach must be 1 to %d hops of %s: %s".formatted(HOPS_RETAINED_MAX - 1, hop, reach));
    }
    hopsRetained = (int) retained;
  }

  /**
   * Replaces the content by what {@link #toBytes} gave.
   *
   * @param bytes null: nothing is stored yet, the state becomes empty
   * @throws CorruptWindowStateException when the bytes are not such a value or were written with
   *     another hop or a longer reach; the state is then empty
   */
  public void read(byte @Nullable [] bytes) {
    size = 0;
    if (bytes == null) {
      return;
    }
    input.wrap(bytes);
    int version = input.readByte();
    check(version == VERSION, "format version", version);
    long hopSeconds = input.readUnsigned();
    check(hopSeconds == hopMs / 1_000, "hop in seconds (another feature set?)", hopSeconds);
    long buckets = input.readUnsigned();
    check(buckets >= 0 && buckets <= hopsRetained, "number of buckets", buckets);
    ensureCapacity((int) buckets);
    for (int i = 0; i < buckets; i++) {
      readBucket(i);
    }
    check(input.remaining() == 0, "number of bytes after the last bucket", input.remaining());
    size = (int) buckets;
  }

  private void readBucket(int i) {
    long hop;
    if (i == 0) {
      hop = input.readSigned();
      check(Math.floorDiv(hop * hopMs, hopMs) == hop, "first hop", hop);
    } else {
      long step = input.readUnsigned();
      check(step > 0 && step < hopsRetained, "difference of hops", step);
      hop = hops[i - 1] + step;
      check(hop - hops[0] < hopsRetained, "span in hops (another feature set?)", hop - hops[0]);
    }
    long header = input.readUnsigned();
    long count = header >>> 2;
    check(count >= 1 && count <= Integer.MAX_VALUE, "count", count);
    long fraud = 0;
    if ((header & HAS_FRAUDS) != 0) {
      fraud = input.readUnsigned();
      check(fraud >= 1 && fraud <= count, "number of frauds", fraud);
    }
    double sum = (header & SUM_IS_DOUBLE) == 0 ? readHundredths() : readFinite();
    hops[i] = hop;
    counts[i] = (int) count;
    frauds[i] = (int) fraud;
    sums[i] = sum;
  }

  private double readHundredths() {
    long hundredths = input.readUnsigned();
    check(hundredths >= 0 && hundredths < HUNDREDTHS_MAX, "sum in hundredths", hundredths);
    return hundredths / 100.0;
  }

  private double readFinite() {
    double sum = input.readDouble();
    check(
        Double.isFinite(sum), "bits of a sum that is not finite", Double.doubleToRawLongBits(sum));
    return sum;
  }

  /** The content as one value, for {@link #read} of a state with the same hop and reach. */
  public byte[] toBytes() {
    output.clear();
    output.writeByte(VERSION);
    output.writeUnsigned(hopMs / 1_000);
    output.writeUnsigned(size);
    for (int i = 0; i < size; i++) {
      if (i == 0) {
        output.writeSigned(hops[0]);
      } else {
        output.writeUnsigned(hops[i] - hops[i - 1]);
      }
      double hundredths = Math.rint(sums[i] * 100);
      boolean decimal = sums[i] >= 0 && hundredths < HUNDREDTHS_MAX && hundredths / 100 == sums[i];
      output.writeUnsigned(
          (long) counts[i] << 2 | (frauds[i] > 0 ? HAS_FRAUDS : 0) | (decimal ? 0 : SUM_IS_DOUBLE));
      if (frauds[i] > 0) {
        output.writeUnsigned(frauds[i]);
      }
      if (decimal) {
        output.writeUnsigned((long) hundredths);
      } else {
        output.writeDouble(sums[i]);
      }
    }
    return output.written();
  }

  /**
   * Adds an event.
   *
   * @param eventTimeMs milliseconds since 1970-01-01T00:00Z
   * @param amount any finite number
   * @return false when the event is older than what is retained; nothing changes then
   * @throws IllegalArgumentException when the amount is not finite
   */
  public boolean add(long eventTimeMs, double amount) {
    if (!Double.isFinite(amount)) {
      throw new IllegalArgumentException("the amount is not a finite number: " + amount);
    }
    long hop = Math.floorDiv(eventTimeMs, hopMs);
    if (isTooOld(hop)) {
      return false;
    }
    dropBefore(hop - hopsRetained + 1);
    int i = firstAtOrAfter(hop);
    if (i == size || hops[i] != hop) {
      insert(i, hop);
    }
    counts[i] = Math.max(counts[i], counts[i] + 1);
    sums[i] = plus(sums[i], amount);
    return true;
  }

  /**
   * Notes that an event which was added is a fraud; its label came now.
   *
   * @param eventTimeMs the event's time, not the label's
   * @return false when no event of its hop is retained, or all of them are frauds already; nothing
   *     changes then
   */
  public boolean addFraud(long eventTimeMs) {
    long hop = Math.floorDiv(eventTimeMs, hopMs);
    int i = firstAtOrAfter(hop);
    if (i == size || hops[i] != hop || frauds[i] == counts[i]) {
      return false;
    }
    frauds[i]++;
    return true;
  }

  /**
   * Number of events in the window.
   *
   * @param asOfMs the time {@code t} of the class description, milliseconds since 1970
   * @param windowMs length {@code w}, positive
   * @param delayMs delay {@code d}, 0 or more
   * @throws IllegalArgumentException when window and delay are out of bounds or together longer
   *     than the reach
   */
  public long count(long asOfMs, long windowMs, long delayMs) {
    int end = end(asOfMs, delayMs);
    long total = 0;
    for (int i = start(asOfMs, windowMs, delayMs); i < end; i++) {
      total += counts[i];
    }
    return total;
  }

  /** Number of events in the window that are known to be fraud; see {@link #count}. */
  public long frauds(long asOfMs, long windowMs, long delayMs) {
    int end = end(asOfMs, delayMs);
    long total = 0;
    for (int i = start(asOfMs, windowMs, delayMs); i < end; i++) {
      total += frauds[i];
    }
    return total;
  }

  /** Sum of the amounts in the window, held within the range of a double; see {@link #count}. */
  public double sum(long asOfMs, long windowMs, long delayMs) {
    int end = end(asOfMs, delayMs);
    double total = 0;
    for (int i = start(asOfMs, windowMs, delayMs); i < end; i++) {
      total += sums[i];
    }
    return finite(total);
  }

  private int start(long asOfMs, long windowMs, long delayMs) {
    if (windowMs <= 0 || delayMs < 0 || windowMs > reachMs - delayMs) {
      throw new IllegalArgumentException(
          "a window of %d ms with a delay of %d ms is not within the reach of %d ms"
              .formatted(windowMs, delayMs, reachMs));
    }
    return firstAtOrAfter(Math.floorDiv(asOfMs - delayMs - windowMs, hopMs));
  }

  private int end(long asOfMs, long delayMs) {
    long head = Math.floorDiv(asOfMs - delayMs, hopMs);
    return firstAtOrAfter(delayMs == 0 ? head + 1 : head);
  }

  private boolean isTooOld(long hop) {
    return size > 0 && hop <= hops[size - 1] - hopsRetained;
  }

  private void dropBefore(long hop) {
    int expired = firstAtOrAfter(hop);
    if (expired > 0) {
      move(expired, 0, size - expired);
      size -= expired;
    }
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
    sums[i] = 0;
  }

  private void move(int from, int to, int length) {
    System.arraycopy(hops, from, hops, to, length);
    System.arraycopy(counts, from, counts, to, length);
    System.arraycopy(frauds, from, frauds, to, length);
    System.arraycopy(sums, from, sums, to, length);
  }

  private void ensureCapacity(int buckets) {
    if (buckets > hops.length) {
      int capacity = Math.min(hopsRetained, Math.max(buckets, 2 * hops.length));
      hops = Arrays.copyOf(hops, capacity);
      counts = Arrays.copyOf(counts, capacity);
      frauds = Arrays.copyOf(frauds, capacity);
      sums = Arrays.copyOf(sums, capacity);
    }
  }

  /**
   * Adds and takes the nearest number of hundredths where that is what the addition's rounding
   * missed, so that sums of money stay short on disk and do not depend on the order of events.
   */
  private static double plus(double sum, double amount) {
    double plain = finite(sum + amount);
    double decimal = Math.rint(plain * 100) / 100;
    return Math.abs(plain - decimal) <= 2 * Math.ulp(plain) ? decimal : plain;
  }

  private static double finite(double value) {
    return Math.max(-Double.MAX_VALUE, Math.min(Double.MAX_VALUE, value));
  }

  private void check(boolean holds, String what, long value) {
    if (!holds) {
      throw new CorruptWindowStateException(
          "the value is no window state of this shape: %s is %d at byte %d"
              .formatted(what, value, input.position()));
    }
  }
}
