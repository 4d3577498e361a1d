package io.shoal.schemas;

import io.shoal.schemas.avro.DeadLetter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Sees to it that a broker takes a dead letter, however large the record is that it tells of. */
public final class DeadLetters {
  /**
   * Key and value of the original, the key twice since it is the letter's key too. A record may
   * have 1 MiB unless producer and topic are told otherwise; the rest is for what is said of it.
   */
  static final int ORIGINAL_BYTES_MAX = 1_000_000;

  /** Messages cite what is wrong. */
  static final int MESSAGE_LENGTH_MAX = 1_000;

  private DeadLetters() {}

  /**
   * The letter itself if it fits. Else its message is cut, and an original that is too large is
   * left out instead of being cut, so that nobody takes a part for the whole: the message says
   * where it lies.
   */
  public static DeadLetter bounded(DeadLetter letter) {
    String message = letter.getMessage();
    if (message.length() > MESSAGE_LENGTH_MAX) {
      message = message.substring(0, MESSAGE_LENGTH_MAX) + "...";
    }
    long key = size(letter.getKey());
    long value = size(letter.getValue());
    boolean fits = 2 * key + value <= ORIGINAL_BYTES_MAX;
    if (fits && message.length() == letter.getMessage().length()) {
      return letter;
    }
    DeadLetter bounded = DeadLetter.newBuilder(letter).setMessage(message).build();
    if (!fits) {
      bounded.setMessage(
          "%s (a key of %,d and a value of %,d bytes, too large for a letter: read them at %s-%d@%d)"
              .formatted(
                  message,
                  key,
                  value,
                  letter.getSource(),
                  letter.getPartition(),
                  letter.getOffset()));
      bounded.setKey(null);
      bounded.setValue(null);
    }
    return bounded;
  }

  private static int size(@Nullable ByteBuffer bytes) {
    return bytes == null ? 0 : bytes.remaining();
  }
}
