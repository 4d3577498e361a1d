package io.shoal.kmeans;

/** Thrown for a vector with a value that is NaN or infinite. Nothing was learned or scored. */
public final class InvalidVectorException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final int index;

  /**
   * @param index of the value in the array that was passed
   * @param value that is not finite
   */
  public InvalidVectorException(int index, float value) {
    super("value " + index + " is " + value + "; vectors must be finite");
    this.index = index;
  }

  /** Index of the first offending value in the array that was passed. */
  public int index() {
    return index;
  }

  static void requireFinite(float[] values, int length) {
    for (int i = 0; i < length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new InvalidVectorException(i, values[i]);
      }
    }
  }
}
