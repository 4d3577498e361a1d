package io.shoal.serving;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * Which alias an entity belongs to. Entities are spread over [0, 1) by a hash of their key; each
 * canary has a stretch of it, in the order of the configuration, and the rest is the champion's. So
 * an entity stays where it is, on every instance and after every restart, and a share that grows
 * takes entities in without moving those that it has.
 *
 * @param aliases of the canaries
 * @param ends of their stretches, ascending
 */
record CanaryShares(List<String> aliases, double[] ends) {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  /** No entity of its own for anybody but the champion. */
  static final CanaryShares NONE = parse(List.of());

  /**
   * Reads the option.
   *
   * @throws IllegalArgumentException when a share is not in (0, 1], or all are more than 1
   */
  static CanaryShares parse(List<String> option) {
    String[] aliases = new String[option.size()];
    double[] ends = new double[option.size()];
    double end = 0;
    for (int i = 0; i < ends.length; i++) {
      String[] parts = option.get(i).split(":", -1);
      double share = parts.length == 2 ? number(parts[1].strip()) : Double.NaN;
      aliases[i] = parts[0].strip();
      if (aliases[i].isEmpty() || !(share > 0 && share <= 1)) {
        throw new IllegalArgumentException(
            "'"
                + option.get(i)
                + "' is no alias:share such as canary:0.05, with a share in (0, 1]");
      }
      end += share;
      ends[i] = end;
    }
    if (end > 1 + 1e-9) {
      throw new IllegalArgumentException("the shares add up to " + end + ", more than 1");
    }
    if (List.of(aliases).stream().distinct().count() != aliases.length) {
      throw new IllegalArgumentException("an alias has two shares");
    }
    return new CanaryShares(List.of(aliases), ends);
  }

  static ConfigDef.Validator validator() {
    return ConfigDef.LambdaValidator.with(
        (option, value) -> {
          try {
            parse(((List<?>) value).stream().map(String::valueOf).toList());
          } catch (IllegalArgumentException e) {
            throw new ConfigException(option, value, e.getMessage());
          }
        },
        () -> "alias:share, shares in (0, 1], 1 at most together");
  }

  /** Where an entity lies in [0, 1). Allocates nothing. */
  static double position(String key) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < key.length(); i++) {
      hash = (hash ^ key.charAt(i)) * FNV_PRIME;
    }
    // FNV's high bits are poor for short keys: MurmurHash3's finalizer mixes them.
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return ((hash ^ (hash >>> 33)) >>> 11) * 0x1.0p-53;
  }

  /** Index of the canary that an entity belongs to; -1 for the champion. */
  int of(String key) {
    double position = position(key);
    for (int i = 0; i < ends.length; i++) {
      if (position < ends[i]) {
        return i;
      }
    }
    return -1;
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
