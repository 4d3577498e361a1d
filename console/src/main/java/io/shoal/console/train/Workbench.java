package io.shoal.console.train;

import io.shoal.console.train.TrainingRun.Request;
import io.shoal.features.FeatureSet;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.registry.client.ColumnNames;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.client.ModelMetadata;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.server.pipeline.Registrar;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.registry.server.store.RegistryException.Code;
import io.shoal.schemas.avro.ModelVersion;
import java.io.Reader;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Tables that were sent and trainings on them: a few of the newest, one training at a time, all in
 * memory. Thread-safe.
 */
public final class Workbench implements AutoCloseable {
  private static final int TABLES_MAX = 4;
  private static final int RUNS_MAX = 8;
  private static final int WAITING_MAX = 4;

  private final Registrar registrar;
  private final List<FeatureSet> featureSets;
  private final Runnable registered;
  private final Clock clock;
  private final Map<String, UploadedTable> tables = bounded(TABLES_MAX);
  private final Map<String, TrainingRun> runs = bounded(RUNS_MAX);
  private final ThreadPoolExecutor executor =
      new ThreadPoolExecutor(
          1,
          1,
          1,
          TimeUnit.MINUTES,
          new ArrayBlockingQueue<>(WAITING_MAX),
          work -> {
            Thread thread = new Thread(work, "console-training");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * A workbench.
   *
   * @param featureSets that sidecars may have
   * @param registered is run after a new version
   */
  public Workbench(
      Registrar registrar, List<FeatureSet> featureSets, Runnable registered, Clock clock) {
    this.registrar = registrar;
    this.featureSets = List.copyOf(featureSets);
    this.registered = registered;
    this.clock = clock;
  }

  /** A table under its id. */
  public record Kept(String id, UploadedTable table) {}

  /** Keeps a table. */
  public Kept add(String name, Reader text) {
    UploadedTable table = UploadedTable.read(name, text);
    String id = UUID.randomUUID().toString();
    synchronized (tables) {
      tables.put(id, table);
    }
    return new Kept(id, table);
  }

  /** Starts a training. */
  public TrainingRun start(Request request) {
    UploadedTable table;
    synchronized (tables) {
      table = tables.get(request.file());
    }
    if (table == null) {
      throw new RegistryException(
          Code.RESOURCE_DOES_NOT_EXIST, "this file is not kept any more; choose it again");
    }
    String id = UUID.randomUUID().toString();
    TrainingRun run = new TrainingRun(id, table, request);
    try {
      executor.execute(run);
    } catch (RejectedExecutionException e) {
      throw new RegistryException(
          Code.RESOURCE_CONFLICT, WAITING_MAX + " trainings wait already; try again later");
    }
    synchronized (runs) {
      runs.put(id, run);
    }
    return run;
  }

  /** A training. */
  public TrainingRun run(String id) {
    synchronized (runs) {
      return Optional.ofNullable(runs.get(id))
          .orElseThrow(
              () ->
                  new RegistryException(
                      Code.RESOURCE_DOES_NOT_EXIST, "this training is not kept any more"));
    }
  }

  /** Registers what a training learned as a version of this model. */
  public RegisteredVersion register(String id, String model, String by) {
    TrainingRun run = run(id);
    KMeansModelData learned = run.model();
    TrainingReport report = run.status().report();
    if (learned == null || report == null) {
      throw new RegistryException(Code.RESOURCE_CONFLICT, "the training is not done");
    }
    List<String> features = run.request().features();
    ModelVersion candidate =
        ModelCodec.encode(
            learned,
            new ModelMetadata(
                model,
                clock.instant(),
                clock.instant(),
                id,
                1,
                fingerprint(features),
                features,
                Map.of(
                    "k", String.valueOf(learned.clusters()),
                    "seed", String.valueOf(run.request().seed()),
                    "source", run.table().name(),
                    "by", by),
                Map.of("events_learned", (double) report.used()),
                List.of()));
    RegisteredVersion version = registrar.register(candidate);
    registered.run();
    return version;
  }

  /** That of a known set where the columns are its features, so that its sidecars take it. */
  private String fingerprint(List<String> features) {
    return featureSets.stream()
        .filter(set -> set.names().containsAll(features))
        .findFirst()
        .map(FeatureSet::fingerprint)
        .orElseGet(() -> ColumnNames.fingerprint(features));
  }

  private static <T> Map<String, T> bounded(int most) {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
        return size() > most;
      }
    };
  }

  @Override
  public void close() {
    synchronized (runs) {
      runs.values().forEach(TrainingRun::cancel);
    }
    executor.shutdownNow();
  }
}
