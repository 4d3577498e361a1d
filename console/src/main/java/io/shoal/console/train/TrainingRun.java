package io.shoal.console.train;

import io.shoal.console.train.UploadedTable.Column;
import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.ClusterCountSearch;
import io.shoal.kmeans.ClusterCountSearch.Candidate;
import io.shoal.kmeans.KMeans;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.KMeansParameters;
import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelProvider;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.registry.server.store.RegistryException.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One training from a table: chooses k, fits, scores every row. Runs once; told from any thread.
 */
public final class TrainingRun implements Runnable {
  private static final int[] COUNTS = {2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};
  private static final int ROWS_PER_CLUSTER = 10;
  private static final int SEARCH_ROWS_MAX = 50_000;
  private static final int STARTS = 3;
  private static final int WATCHERS_MAX = 20;

  /** Steps beside one for each k: the fit and the scores. */
  private static final int LAST_STEPS = 2;

  private final String id;
  private final UploadedTable table;
  private final Request request;
  private final List<Candidate> tried = new ArrayList<>();
  private final List<Predicate<Status>> watchers = new ArrayList<>();
  private String state = "waiting";
  private String doing = "waits for the training before it";
  private double progress;
  private @Nullable String problem;
  private @Nullable KMeansModelData model;
  private @Nullable TrainingReport report;
  private volatile boolean cancelled;

  /**
   * What is wanted.
   *
   * @param features columns to learn from
   * @param k number of clusters; 0 to let it be chosen
   * @param label column that is 1 for what is known to be odd; null for none
   * @param seed the same gives the same model
   */
  public record Request(
      String file, List<String> features, int k, @Nullable String label, long seed) {}

  /**
   * Where it stands.
   *
   * @param state waiting, running, done, failed or cancelled
   * @param progress in [0, 1]
   * @param tried each k with its silhouette so far
   */
  public record Status(
      String id,
      String state,
      String doing,
      double progress,
      List<Candidate> tried,
      @Nullable String problem,
      @Nullable TrainingReport report) {
    /** Whether nothing will change any more. */
    public boolean ended() {
      return !state.equals("waiting") && !state.equals("running");
    }
  }

  TrainingRun(String id, UploadedTable table, Request request) {
    this.id = id;
    this.table = table;
    this.request = request;
    check();
  }

  private void check() {
    if (request.features().isEmpty()) {
      throw new IllegalArgumentException("tick at least one feature");
    }
    if (request.k() != 0 && (request.k() < 1 || request.k() > 1_000)) {
      throw new IllegalArgumentException("k must lie within 1..1000, or be 0 to be chosen");
    }
    for (String feature : request.features()) {
      values(feature);
    }
    if (request.label() != null) {
      values(request.label());
    }
  }

  private float[] values(String name) {
    Column column = table.column(name);
    float[] values = column == null ? null : column.values();
    if (values == null) {
      throw new IllegalArgumentException("'" + name + "' is no column of numbers of this file");
    }
    return values;
  }

  /** Where it stands. */
  public synchronized Status status() {
    return new Status(id, state, doing, progress, List.copyOf(tried), problem, report);
  }

  /**
   * Tells where it stands, now and whenever that changes, the last time when it has ended.
   *
   * @param watcher must return at once, and false when it wants to hear no more
   * @throws RegistryException when too many watch already
   */
  public synchronized void watch(Predicate<Status> watcher) {
    tell();
    if (watchers.size() >= WATCHERS_MAX) {
      throw new RegistryException(
          Code.RESOURCE_CONFLICT, WATCHERS_MAX + " watch this training already; close a page");
    }
    if (watcher.test(status())) {
      watchers.add(watcher);
    }
  }

  private void tell() {
    Status status = status();
    watchers.removeIf(watcher -> !watcher.test(status));
  }

  /** What was learned; null before it is done. */
  synchronized @Nullable KMeansModelData model() {
    return model;
  }

  Request request() {
    return request;
  }

  UploadedTable table() {
    return table;
  }

  /** Tells it to stop between two steps. */
  public void cancel() {
    cancelled = true;
  }

  @Override
  public void run() {
    try {
      train();
    } catch (CancellationException e) {
      end("cancelled", "was cancelled", null);
    } catch (RuntimeException e) {
      end("failed", "failed", e.getMessage());
    } catch (OutOfMemoryError e) {
      end("failed", "failed", "the table is too large for this process's memory");
    }
  }

  private void train() {
    step("reads the columns", 0);
    int d = request.features().size();
    int[] rows = completeRows();
    int[] counts = counts(rows.length);
    float[] points = points(rows, d);
    // Half of the machine: the rest belongs to what runs beside it.
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    AssignmentKernel kernel = KernelProvider.load(KernelChoice.AUTO, threads);
    KMeansParameters parameters = KMeansParameters.of(2).withStarts(1).withSeed(request.seed());
    int k =
        request.k() > 0 ? request.k() : search(points, rows.length, d, counts, parameters, kernel);
    double steps = counts.length + LAST_STEPS;
    step("fits " + k + (k == 1 ? " cluster" : " clusters"), counts.length / steps);
    KMeansModelData fitted =
        new KMeans(parameters.withK(k).withStarts(STARTS), kernel).fitModel(points, rows.length, d);
    step("scores every row", (counts.length + 1) / steps);
    float[] labels = request.label() == null ? null : values(request.label());
    TrainingReport made =
        TrainingReport.of(fitted, request.features(), points, rows, labels, table.rows());
    synchronized (this) {
      model = fitted;
      report = made;
    }
    end("done", "is done", null);
  }

  private int[] counts(int rows) {
    if (request.k() > rows) {
      throw new IllegalArgumentException(
          request.k() + " clusters need as many complete rows; the file has " + rows);
    }
    int[] counts =
        request.k() > 0
            ? new int[0]
            : IntStream.of(COUNTS).filter(k -> k * ROWS_PER_CLUSTER <= rows).toArray();
    if (request.k() == 0 && counts.length == 0) {
      throw new IllegalArgumentException(rows + " complete rows are too few to choose k; name it");
    }
    return counts;
  }

  private int search(
      float[] points,
      int n,
      int d,
      int[] counts,
      KMeansParameters parameters,
      AssignmentKernel kernel) {
    int step = (n + SEARCH_ROWS_MAX - 1) / SEARCH_ROWS_MAX;
    int size = (n + step - 1) / step;
    float[] sample = new float[size * d];
    for (int i = 0; i < size; i++) {
      System.arraycopy(points, i * step * d, sample, i * d, d);
    }
    for (int i = 0; i < counts.length; i++) {
      step("tries k = " + counts[i], i / (double) (counts.length + LAST_STEPS));
      List<Candidate> candidate =
          ClusterCountSearch.run(sample, size, d, new int[] {counts[i]}, parameters, kernel);
      synchronized (this) {
        tried.addAll(candidate);
        tell();
      }
    }
    return ClusterCountSearch.best(tried).k();
  }

  /** Rows that have a number in each wanted column. */
  private int[] completeRows() {
    List<float[]> columns = request.features().stream().map(this::values).toList();
    int[] rows =
        IntStream.range(0, table.rows())
            .filter(i -> columns.stream().noneMatch(values -> Float.isNaN(values[i])))
            .toArray();
    if (rows.length == 0) {
      throw new IllegalArgumentException("no row has a number in each of these columns");
    }
    return rows;
  }

  private float[] points(int[] rows, int d) {
    float[] points = new float[Math.multiplyExact(rows.length, d)];
    for (int f = 0; f < d; f++) {
      float[] values = values(request.features().get(f));
      for (int i = 0; i < rows.length; i++) {
        points[i * d + f] = values[rows[i]];
      }
    }
    return points;
  }

  private synchronized void step(String what, double share) {
    if (cancelled) {
      throw new CancellationException();
    }
    state = "running";
    doing = what;
    progress = share;
    tell();
  }

  private synchronized void end(String how, String what, @Nullable String why) {
    state = how;
    doing = what;
    problem = why;
    progress = how.equals("done") ? 1 : progress;
    tell();
  }
}
