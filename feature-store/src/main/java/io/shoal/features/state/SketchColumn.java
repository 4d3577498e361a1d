package io.shoal.features.state;

import java.util.Arrays;
import org.apache.datasketches.common.SketchesArgumentException;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.hll.Union;

/**
 * The distinct values of one category, a HyperLogLog sketch for each bucket: exact for a few
 * values, with a standard error of 2.3 % for many.
 */
final class SketchColumn {
  private static final int LG_K = 11;
  private static final byte[] NONE = {};

  private final int category;
  private final Union union = new Union(LG_K);
  private byte[][] sketches;

  SketchColumn(int category, int capacity) {
    this.category = category;
    sketches = new byte[capacity][];
    Arrays.fill(sketches, NONE);
  }

  void clear(int i) {
    sketches[i] = NONE;
  }

  /** Adds the category of an event; 0 is a missing one. */
  void add(int i, long[] categories) {
    long hash = categories[category];
    if (hash == 0) {
      return;
    }
    byte[] known = sketches[i];
    HllSketch sketch =
        known.length == 0 ? new HllSketch(LG_K, TgtHllType.HLL_4) : HllSketch.heapify(known);
    sketch.update(hash);
    sketches[i] = sketch.toCompactByteArray();
  }

  /** The estimate depends on the set of values alone, not on their order. */
  double distinct(int from, int to) {
    union.reset();
    for (int i = from; i < to; i++) {
      byte[] sketch = sketches[i];
      if (sketch.length > 0) {
        union.update(HllSketch.heapify(sketch));
      }
    }
    return union.getCompositeEstimate();
  }

  void write(int i, VarintBuffer out) {
    out.writeBytes(sketches[i]);
  }

  void read(int i, VarintBuffer in) {
    byte[] sketch = in.readBytes();
    sketches[i] = sketch.length == 0 ? NONE : checked(sketch, in.position());
  }

  void move(int from, int to, int length) {
    System.arraycopy(sketches, from, sketches, to, length);
  }

  void grow(int capacity) {
    int before = sketches.length;
    sketches = Arrays.copyOf(sketches, capacity);
    Arrays.fill(sketches, before, capacity, NONE);
  }

  private static byte[] checked(byte[] sketch, int position) {
    try {
      HllSketch.heapify(sketch);
      return sketch;
    } catch (SketchesArgumentException | IndexOutOfBoundsException e) {
      throw new CorruptStateException("no sketch ends at byte " + position + ": " + e.getMessage());
    }
  }
}
