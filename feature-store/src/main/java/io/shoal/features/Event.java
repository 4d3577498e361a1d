package io.shoal.features;

import java.nio.charset.StandardCharsets;
import org.apache.datasketches.hash.MurmurHash3;

/**
 * One record of the source, reduced to what a feature set reads of it. Mutable and meant to be
 * reused; {@link FeatureSet#newEvent} makes one of the right shape.
 */
public final class Event {
  private static final long SEED = 0;

  /** Identifies the event among all. */
  public String id = "";

  /** When it happened, milliseconds since 1970-01-01T00:00Z. */
  public long timeMs;

  /** Keys of the entities, in the order of {@link FeatureSet#entities}; empty where unknown. */
  public final String[] keys;

  /** The fields of {@link FeatureSet#numberFields}, NaN where missing. */
  public final double[] numbers;

  /** Hashes of the fields of {@link FeatureSet#categoryFields}, 0 where missing. */
  public final long[] categories;

  Event(int keys, int numbers, int categories) {
    this.keys = new String[keys];
    java.util.Arrays.fill(this.keys, "");
    this.numbers = new double[numbers];
    this.categories = new long[categories];
  }

  /** The hash of a category by its text: the same in every process, never 0. */
  public static long hash(String category) {
    byte[] bytes = category.getBytes(StandardCharsets.UTF_8);
    // MurmurHash3 does not take nothing.
    long hash = bytes.length == 0 ? 1 : MurmurHash3.hash(bytes, SEED)[0];
    return hash == 0 ? 1 : hash;
  }
}
