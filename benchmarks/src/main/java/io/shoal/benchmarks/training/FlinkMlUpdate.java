package io.shoal.benchmarks.training;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.ml.common.distance.DistanceMeasure;
import org.apache.flink.ml.common.distance.EuclideanDistanceMeasure;
import org.apache.flink.ml.linalg.BLAS;
import org.apache.flink.ml.linalg.DenseVector;
import org.apache.flink.ml.linalg.VectorWithNorm;
import org.apache.flink.util.Collector;

/**
 * What a subtask of Flink ML's {@code OnlineKMeans} does with its part of a global batch, with
 * Flink ML's own vectors, distances and BLAS: nearest centroid of each record, sums, update with
 * decay 0. Without what comes on top there: cutting global batches in one task, and waiting for the
 * feedback of the iteration; so Flink ML's own job is slower than this.
 */
final class FlinkMlUpdate implements FlatMapFunction<DenseVector, Long> {
  private static final long serialVersionUID = 1L;
  private static final int GLOBAL_BATCH = 10_000;
  private static final AtomicLong WORKED = new AtomicLong();

  private final DenseVector[] batch;
  private final VectorWithNorm[] centroids = new VectorWithNorm[MemoryJobs.K];
  private int size;
  private boolean started;

  FlinkMlUpdate(int parallelism) {
    this.batch = new DenseVector[GLOBAL_BATCH / parallelism];
    WORKED.set(0);
  }

  @Override
  public void flatMap(DenseVector point, Collector<Long> out) {
    batch[size++] = point;
    if (size < batch.length) {
      return;
    }
    size = 0;
    if (!started) {
      for (int j = 0; j < centroids.length; j++) {
        centroids[j] = new VectorWithNorm(batch[j]);
      }
      started = true;
    }
    update();
    long worked = WORKED.addAndGet(batch.length);
    Throughput.report(worked);
    out.collect(worked);
  }

  private void update() {
    DistanceMeasure distance = DistanceMeasure.getInstance(EuclideanDistanceMeasure.NAME);
    DenseVector[] sums = new DenseVector[centroids.length];
    Arrays.setAll(sums, j -> new DenseVector(MemoryJobs.D));
    int[] counts = new int[centroids.length];
    for (DenseVector point : batch) {
      int closest = distance.findClosest(centroids, new VectorWithNorm(point));
      counts[closest]++;
      BLAS.axpy(1.0, point, sums[closest]);
    }
    for (int j = 0; j < centroids.length; j++) {
      if (counts[j] > 0) {
        BLAS.scal(1.0 / counts[j], sums[j]);
        centroids[j] = new VectorWithNorm(sums[j]);
      }
    }
  }
}
