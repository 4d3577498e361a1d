package io.shoal.kmeans.exchange;

import java.io.IOException;
import java.io.InputStream;

/** The bytes of a model file, of which there is a most. */
final class ModelBytes {
  /** Enough for a million centroid values in either format. */
  static final int SIZE_MAX = 64 << 20;

  private ModelBytes() {}

  /**
   * All bytes of a stream.
   *
   * @throws InvalidModelFileException when there are none, or more than {@link #SIZE_MAX}
   */
  static byte[] read(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(SIZE_MAX + 1);
    if (bytes.length == 0) {
      throw new InvalidModelFileException("it is empty; export it again");
    }
    if (bytes.length > SIZE_MAX) {
      throw new InvalidModelFileException(
          "it has more than " + SIZE_MAX + " bytes; no k-means model of Shoal's is that large");
    }
    return bytes;
  }

  /**
   * Refuses a file that nobody could read again.
   *
   * @throws IllegalArgumentException when it has more than {@link #SIZE_MAX} bytes
   */
  static void requireReadable(long size) {
    if (size > SIZE_MAX) {
      throw new IllegalArgumentException(
          "the model takes " + size + " bytes; " + SIZE_MAX + " can be read; use fewer clusters");
    }
  }
}
