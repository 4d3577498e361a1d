package io.shoal.inference;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Answers requests, whatever protocol they came by. What is small is done where it was read: it
 * takes less time than handing it over. The rest goes to the {@link Workers}.
 */
final class Inference {
  /** Numbers in a request, times clusters, that are worked on on the spot: some 50 us. */
  private static final long SMALL_OPERATIONS_MAX = 100_000;

  /** Bytes of JSON that are read on the spot. */
  private static final int SMALL_BYTES_MAX = 16 << 10;

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
   * @throws InvalidRequestException when they are no rows of this model
   */
  ScoredRows score(ServedModel model, List<InputTensor> inputs) {
    return model.score(Rows.of(model, inputs, rowsMax));
  }

  static boolean isSmall(ServedModel model, List<InputTensor> inputs) {
    long numbers = 0;
    for (InputTensor input : inputs) {
      numbers += input.data().size();
    }
    return numbers * model.clusters() <= SMALL_OPERATIONS_MAX;
  }

  static boolean isSmall(int bytes) {
    return bytes <= SMALL_BYTES_MAX;
  }

  /**
   * Does the work of a request, now or later.
   *
   * @return what comes of it; fails as the work does, or with {@link OverloadedException}
   */
  <T> CompletableFuture<T> answer(boolean small, Supplier<T> work) {
    if (!small) {
      return workers.submit(work);
    }
    try {
      return CompletableFuture.completedFuture(work.get());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
