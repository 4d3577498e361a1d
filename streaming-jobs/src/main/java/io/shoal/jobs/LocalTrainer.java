package io.shoal.jobs;

import io.shoal.config.ConfigException;
import io.shoal.config.ServiceProcess;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.RpcServiceSharing;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The training job in a Flink mini-cluster in this JVM. It keeps checkpoints in the folder {@link
 * TrainerConfig#checkpointDir()} and goes on from the newest one that it finds there.
 */
public final class LocalTrainer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LocalTrainer.class);
  private static final String HOST = "127.0.0.1";
  private static final String REPORTER =
      "org.apache.flink.metrics.prometheus.PrometheusReporterFactory";
  private static final int CHECKPOINTS_KEPT = 2;
  private static final long STOP_TIMEOUT_MS = 3_000;
  private static final long CLOSE_TIMEOUT_MS = 2_000;

  private final MiniCluster cluster;
  private final JobID jobId;
  private final Path directory;
  private final Path scratch;
  private final String progressId;
  private final TrainerProgress progress;
  private final CompletableFuture<JobResult> result;
  private volatile boolean closing;

  private LocalTrainer(
      MiniCluster cluster, JobID jobId, Path directory, Path scratch, String progressId) {
    this.cluster = cluster;
    this.jobId = jobId;
    this.directory = directory;
    this.scratch = scratch;
    this.progressId = progressId;
    this.progress = TrainerProgress.watch(progressId);
    this.result = cluster.requestJobResult(jobId);
  }

  /**
   * Starts the job. Returns when the cluster has accepted it; the job then connects to the brokers.
   *
   * @throws ConfigException when the folder for checkpoints is not given, no local folder or cannot
   *     be written
   */
  public static LocalTrainer start(TrainerConfig config) {
    Path directory = directory(config);
    Path scratch = directory.resolve("scratch");
    String progressId = UUID.randomUUID().toString();
    try {
      RetainedCheckpoints.deleteTree(scratch);
      Files.createDirectories(scratch);
      List<Path> checkpoints = RetainedCheckpoints.newestFirst(directory);
      List<Path> kept = checkpoints.subList(0, Math.min(CHECKPOINTS_KEPT, checkpoints.size()));
      RetainedCheckpoints.deleteAllBut(kept, directory);
      JobGraph job = jobGraph(config, kept.stream().findFirst(), progressId);
      TrainerProgress.watch(progressId);
      MiniCluster cluster = startCluster(config, scratch);
      submit(job, cluster);
      return new LocalTrainer(cluster, job.getJobID(), directory, scratch, progressId);
    } catch (IOException e) {
      throw new ConfigException(
          "cannot write the folder for checkpoints " + directory + ": " + e.getMessage(), e);
    } catch (ConfigException e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the training job was starting", e);
    } catch (Exception e) {
      throw new IllegalStateException("cannot start the training job: " + e.getMessage(), e);
    }
  }

  /**
   * Runs the job in this JVM until the process is told to stop. On a Flink cluster, {@link
   * TrainingJob} is the job's main class.
   */
  public static void main(String[] args) throws InterruptedException {
    run(ServiceProcess.file(args));
  }

  /** The same with options that come from elsewhere. */
  public static void run(Supplier<Map<String, String>> options) throws InterruptedException {
    ServiceProcess.run(
        "trainer",
        options,
        values -> {
          TrainerConfig config = new TrainerConfig(values);
          TrainerTopics.prepare(config);
          TrainerTopics.await(config, message -> System.out.println("trainer: " + message));
          LocalTrainer trainer = start(config);
          CompletableFuture<?> unused =
              trainer.result.whenComplete((result, e) -> trainer.endWithoutJob());
          System.out.printf(
              "trainer: %s -> %s%n", config.pointsTopic(), config.topics().modelCandidates());
          return trainer;
        });
  }

  private void endWithoutJob() {
    failure()
        .ifPresent(
            e -> {
              log.error("the training job has ended", e);
              ServiceProcess.end(1, "trainer: the job has ended: " + rootCause(e));
            });
  }

  private static Throwable rootCause(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** How far the job has come. */
  public TrainerProgress progress() {
    return progress;
  }

  /**
   * Why the job has ended by itself, which it does only for reasons that no restart can mend; empty
   * while it runs and after it was closed.
   */
  public Optional<Throwable> failure() {
    if (closing || !result.isDone()) {
      return Optional.empty();
    }
    try {
      return result
          .get()
          .getSerializedThrowable()
          .map(e -> e.deserializeError(LocalTrainer.class.getClassLoader()));
    } catch (ExecutionException e) {
      return Optional.of(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /**
   * Stops the job with a last savepoint, so that the next start repeats nothing and the last
   * version is visible; where that is not possible within three seconds (a broker is gone, say) the
   * job is cancelled, and the next start goes on from the last checkpoint.
   */
  @Override
  public void close() {
    closing = true;
    if (!stopWithSavepoint()) {
      cancel();
    }
    TrainerProgress.unwatch(progressId);
    try {
      cluster.closeAsync().get(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
      RetainedCheckpoints.deleteTree(scratch);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException | IOException e) {
      log.warn("the mini-cluster of the training job did not end in order: {}", e.toString());
    }
  }

  /** Ends the job as it is, without savepoint. */
  void cancel() {
    if (result.isDone()) {
      return;
    }
    try {
      cluster.cancelJob(jobId).get(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
      result.get(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.warn("the training job did not end when it was cancelled: {}", e.toString());
    }
  }

  private boolean stopWithSavepoint() {
    try {
      if (result.isDone()
          || cluster.getJobStatus(jobId).get(STOP_TIMEOUT_MS, TimeUnit.MILLISECONDS)
              != JobStatus.RUNNING) {
        return false;
      }
      cluster
          .stopWithSavepoint(
              jobId, directory.toUri().toString(), false, SavepointFormatType.CANONICAL)
          .get(STOP_TIMEOUT_MS, TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      log.warn("the training job could not make its last savepoint: {}", e.toString());
      return false;
    }
  }

  private static Path directory(TrainerConfig config) {
    return config
        .checkpointDir()
        .filter(uri -> "file".equals(uri.getScheme()))
        .map(Path::of)
        .orElseThrow(
            () ->
                new ConfigException(
                    TrainerConfig.CHECKPOINT_DIR
                        + " must name a local folder, such as file:///var/lib/shoal/checkpoints"));
  }

  private static JobGraph jobGraph(
      TrainerConfig config, Optional<Path> checkpoint, String progressId) {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(
            config.sourceParallelism(), new Configuration());
    TrainingJob.build(env, config, TrainModel::randomJobId, progressId);
    StreamGraph graph = env.getStreamGraph();
    graph.setJobName(config.jobName());
    checkpoint.ifPresent(
        path -> {
          log.info("the training job goes on from {}", path);
          graph.setSavepointRestoreSettings(
              SavepointRestoreSettings.forPath(path.toUri().toString()));
        });
    return graph.getJobGraph();
  }

  /** The same names as on a cluster whose reporter is Flink's for Prometheus. */
  private static void report(Configuration settings, int port) {
    if (!isFree(port)) {
      throw new ConfigException(
          "cannot listen on port %d for metrics; stop what listens there or set %s"
              .formatted(port, TrainerConfig.METRICS_PORT));
    }
    settings.setString("metrics.reporter.prom.factory.class", REPORTER);
    settings.setString("metrics.reporter.prom.port", String.valueOf(port));
  }

  /** Flink itself only logs that it was not. */
  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port)) {
      return socket.getLocalPort() == port;
    } catch (IOException e) {
      return false;
    }
  }

  private static void submit(JobGraph job, MiniCluster cluster) throws Exception {
    try {
      cluster.submitJob(job).get();
    } catch (ExecutionException | InterruptedException e) {
      cluster.close();
      throw e;
    }
  }

  private static MiniCluster startCluster(TrainerConfig config, Path scratch) throws Exception {
    Configuration settings = new Configuration();
    config.metricsPort().ifPresent(port -> report(settings, port));
    settings.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    settings.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, CHECKPOINTS_KEPT);
    // All of the job's state is small: kept in the checkpoint's one file, it is whole or not there.
    settings.set(CheckpointingOptions.FS_SMALL_FILE_THRESHOLD, MemorySize.ofMebiBytes(1));
    settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64));
    settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64));
    settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(1));
    settings.set(CoreOptions.TMP_DIRS, scratch.toString());
    settings.set(BlobServerOptions.STORAGE_DIRECTORY, scratch.toString());
    settings.set(WebOptions.SUBMIT_ENABLE, false);
    settings.set(RestOptions.ADDRESS, HOST);
    settings.set(RestOptions.BIND_ADDRESS, HOST);
    settings.set(JobManagerOptions.BIND_HOST, HOST);
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(settings)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(config.sourceParallelism())
                .setRpcServiceSharing(RpcServiceSharing.SHARED)
                .setCommonBindAddress(HOST)
                .withRandomPorts()
                .build());
    cluster.start();
    return cluster;
  }
}
