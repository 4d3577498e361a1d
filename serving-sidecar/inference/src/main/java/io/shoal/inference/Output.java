package io.shoal.inference;

import io.shoal.kmeans.Score;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The tensors that a request may ask for. */
enum Output {
  /** Share of recent traffic that looks less anomalous, in [0, 1]. */
  SCORE("FP64", 1),
  /** Posterior probability of fraud; only of models that have seen labels. */
  RISK("FP64", 1),
  /** Stable id of the nearest cluster. */
  CLUSTER_ID("INT32", 1),
  /** Squared distance to it, in units of the feature scales. */
  DISTANCE2("FP32", 1),
  /** Names of the features that explain the distance; empty where there are fewer than three. */
  TOP_FEATURES("BYTES", Score.TOP),
  /** Their shares of the distance. */
  TOP_SHARES("FP32", Score.TOP);

  private final String datatype;
  private final int columns;

  Output(String datatype, int columns) {
    this.datatype = datatype;
    this.columns = columns;
  }

  String tensorName() {
    return name().toLowerCase(Locale.ROOT);
  }

  String datatype() {
    return datatype;
  }

  /** Numbers per row. */
  int columns() {
    return columns;
  }

  /** The shape for so many rows; -1 for any number. */
  List<Long> shape(long rows) {
    return columns == 1 ? List.of(rows) : List.of(rows, (long) columns);
  }

  /** What a model can give. */
  static List<Output> of(ServedModel model) {
    return Arrays.stream(values()).filter(o -> o != RISK || model.labelled()).toList();
  }

  /**
   * The wanted outputs of a model; all where none is named.
   *
   * @throws InvalidRequestException when it has not one of them
   */
  static List<Output> select(ServedModel model, List<String> names) {
    List<Output> known = of(model);
    return names.isEmpty() ? known : names.stream().map(name -> find(known, name)).toList();
  }

  private static Output find(List<Output> known, String name) {
    for (Output output : known) {
      if (output.tensorName().equals(name)) {
        return output;
      }
    }
    if (name.equals(RISK.tensorName())) {
      throw new InvalidRequestException("this version has seen no labels, so it knows no risk");
    }
    throw new InvalidRequestException(
        "unknown output '%s'; known: %s"
            .formatted(
                name, known.stream().map(Output::tensorName).collect(Collectors.joining(", "))));
  }
}
