package io.shoal.registry.client;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** Features that are known by their names alone: columns of a file, fields of a record. */
public final class ColumnNames {
  private static final String PREFIX = "columns-";

  private ColumnNames() {}

  /** Tells these names, in this order, from others: what a feature set's fingerprint is to it. */
  public static String fingerprint(List<String> names) {
    byte[] text = String.join(",", names).getBytes(StandardCharsets.UTF_8);
    return PREFIX + UUID.nameUUIDFromBytes(text);
  }
}
