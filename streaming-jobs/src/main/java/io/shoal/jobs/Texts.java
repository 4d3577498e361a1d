package io.shoal.jobs;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.io.Decoder;
import org.apache.avro.util.Utf8;

/**
 * Texts of few values that come again and again, such as the name of a segment: each is made once.
 * For one thread.
 */
final class Texts {
  /** Past it all are forgotten: what comes in so many values is no name of a segment. */
  private static final int KNOWN_MAX = 10_000;

  private final Map<Utf8, String> known = new HashMap<>();
  private Utf8 next = new Utf8();
  private long lastNumber;
  private String lastText = "0";

  /** Reads the next text. */
  String of(Decoder in) throws IOException {
    next = in.readString(next);
    String text = known.get(next);
    if (text == null) {
      text = next.toString();
      if (known.size() == KNOWN_MAX) {
        known.clear();
      }
      known.put(new Utf8(next), text);
    }
    return text;
  }

  /** A number as a text, a whole one without fraction. */
  String of(float number) {
    return number == Math.rint(number) ? of((long) number) : Float.toString(number);
  }

  /** A whole number as a text. */
  String of(long number) {
    if (number != lastNumber) {
      lastNumber = number;
      lastText = Long.toString(number);
    }
    return lastText;
  }
}
