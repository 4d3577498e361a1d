package io.shoal.inference;

import java.util.Arrays;

/**
 * One tensor of a request, in whatever form it came.
 *
 * @param shape as the request gives it
 * @param data its numbers, row-major
 */
record InputTensor(String name, long[] shape, Numbers data) {
  /** Numbers that are read one by one, so that no form needs to be copied into another. */
  interface Numbers {
    int size();

    float get(int index);
  }

  /**
   * The number of elements that the shape asks for.
   *
   * @throws InvalidRequestException when it is not that of the data
   */
  void check() {
    long elements = 1;
    for (long size : shape) {
      if (size < 0 || size > Integer.MAX_VALUE) {
        throw new InvalidRequestException(
            "input '%s': a size of %d in its shape".formatted(name, size));
      }
      elements = Math.multiplyExact(Math.min(elements, Integer.MAX_VALUE), size);
    }
    if (shape.length == 0 || elements != data.size()) {
      throw new InvalidRequestException(
          "input '%s': the shape %s asks for %d numbers, here are %d"
              .formatted(
                  name, Arrays.toString(shape), shape.length == 0 ? 0 : elements, data.size()));
    }
  }
}
