package io.shoal.jobs;

import java.util.Locale;
import java.util.regex.Pattern;

/** Names of the models of segments. */
final class SegmentNames {
  private static final int SEGMENT_CHARS_MAX = 64;
  private static final Pattern OTHER = Pattern.compile("[^A-Za-z0-9_-]");

  private SegmentNames() {}

  /**
   * The name of a segment's model, such as {@code card-fraud.5411}. What a name of a model cannot
   * have becomes a line, and then the hash of the segment follows, so that two segments never share
   * a model.
   */
  static String model(String modelName, String segment) {
    String plain = OTHER.matcher(segment).replaceAll("_");
    if (plain.equals(segment) && plain.length() <= SEGMENT_CHARS_MAX) {
      return modelName + "." + segment;
    }
    return "%s.%s-%s"
        .formatted(
            modelName,
            plain.substring(0, Math.min(plain.length(), SEGMENT_CHARS_MAX)),
            Integer.toHexString(segment.hashCode()).toLowerCase(Locale.ROOT));
  }
}
