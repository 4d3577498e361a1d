package io.shoal.inference;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Brings the inputs of a request into rows. They come as one tensor of shape {@code [n, d]} (or
 * {@code [d]} for one row) under any name, or as a tensor of shape {@code [n]} or {@code [n, 1]}
 * for each feature under its name.
 */
final class Rows {
  private Rows() {}

  /**
   * The rows, {@code [n * d]}, row-major.
   *
   * @param rowsMax most rows of a request
   * @throws InvalidRequestException when the tensors are no rows of this model
   */
  static float[] of(ServedModel model, List<InputTensor> inputs, int rowsMax) {
    if (inputs.isEmpty()) {
      throw new InvalidRequestException("inputs: none; " + wanted(model));
    }
    inputs.forEach(InputTensor::check);
    InputTensor first = inputs.get(0);
    if (inputs.size() == 1 && isMatrix(model, first)) {
      requireRows(first.data().size() / model.dimension(), rowsMax);
      float[] rows = new float[first.data().size()];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = first.data().get(i);
      }
      return rows;
    }
    return columns(model, inputs, rowsMax);
  }

  private static boolean isMatrix(ServedModel model, InputTensor tensor) {
    long[] shape = tensor.shape();
    boolean fits = shape[shape.length - 1] == model.dimension();
    return fits
        && (shape.length == 2 || (shape.length == 1 && !model.features().contains(tensor.name())));
  }

  private static float[] columns(ServedModel model, List<InputTensor> inputs, int rowsMax) {
    int d = model.dimension();
    int n = inputs.get(0).data().size();
    Set<String> missing = new HashSet<>(model.features());
    requireRows(n, rowsMax);
    if (inputs.stream().anyMatch(input -> !missing.remove(input.name()))) {
      throw new InvalidRequestException(
          "inputs: %s; %s"
              .formatted(
                  inputs.stream().map(i -> i.name() + Arrays.toString(i.shape())).toList(),
                  wanted(model)));
    }
    if (!missing.isEmpty()) {
      List<String> names = model.features().stream().filter(missing::contains).toList();
      throw new InvalidRequestException(
          "inputs: no tensor for %s; %s".formatted(String.join(", ", names), wanted(model)));
    }
    float[] rows = new float[n * d];
    for (InputTensor input : inputs) {
      boolean column =
          input.shape().length == 1 || (input.shape().length == 2 && input.shape()[1] == 1);
      if (!column || input.data().size() != n) {
        throw new InvalidRequestException(
            "input '%s': its shape must be [%d], as of '%s'"
                .formatted(input.name(), n, inputs.get(0).name()));
      }
      int feature = model.features().indexOf(input.name());
      for (int i = 0; i < n; i++) {
        rows[i * d + feature] = input.data().get(i);
      }
    }
    return rows;
  }

  private static void requireRows(int n, int rowsMax) {
    if (n == 0 || n > rowsMax) {
      throw new InvalidRequestException("give 1 to %d rows, here are %d".formatted(rowsMax, n));
    }
  }

  private static String wanted(ServedModel model) {
    return "give one tensor of shape [n, %d] with the features %s in this order, or one tensor of shape [n] for each of them"
        .formatted(model.dimension(), String.join(", ", model.features()));
  }
}
