package io.shoal.inference;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Answers requests, whatever protocol they came by. What is small is scored where it was read: it
 * takes less time than handing it over. The rest goes to the {@link Workers}.
 */
final class Inference {
  /** Distances, rows times clusters times features, that are computed on the spot: some 50 us. */
  private static final long INLINE_OPERATIONS_MAX = 100_000;

  private final ServedModels models;
  private final Workers workers;
  private final int rowsMax;

  Inference(ServedModels models, Workers workers, int rowsMax) {
    this.models = models;
    this.workers = workers;
    this.rowsMax = rowsMax;
  }

  ServedModels models() {
    return models;
  }

  /**
   * Scores the inputs.
   *
   * @throws InvalidRequestException when they are no rows of this model; the future may fail with
   *     it too, or with {@link OverloadedException}
   */
  CompletableFuture<ScoredRows> infer(ServedModel model, List<InputTensor> inputs) {
    float[] rows = Rows.of(model, inputs, rowsMax);
    return (long) rows.length * model.clusters() <= INLINE_OPERATIONS_MAX
        ? CompletableFuture.completedFuture(model.score(rows))
        : workers.submit(() -> model.score(rows));
  }
}
