package io.shoal.local.demo;

import io.shoal.config.ConfigException;
import io.shoal.local.traffic.CsvTransactions;
import io.shoal.local.traffic.LabelSchedule;
import io.shoal.local.traffic.SimulatedTransactions;
import io.shoal.local.traffic.SimulationParameters;
import io.shoal.local.traffic.SimulationPosition;
import io.shoal.local.traffic.TransactionSource;
import io.shoal.replay.PredictionsFile;
import io.shoal.schemas.SchemaRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * One run of the demo against a running pipeline: a feeder sends, a collector measures what comes
 * back. {@link #start}, look at {@link #snapshot} as often as wanted, {@link #awaitFinished}, then
 * {@link #stop}. Thread-safe after the start.
 */
public final class Demo implements AutoCloseable {
  /** Transactions that may be sent and not predicted. */
  public static final int IN_FLIGHT_MAX = 5_000;

  private static final String CLIENT_ID = "shoal-demo";
  private static final Duration POLL_TIMEOUT = Duration.ofMillis(100);
  private static final long DRAIN_MS_MAX = 2_000;
  private static final long READ_TO_END_MS_MAX = 1_000;
  private static final long CLOSE_MS_MAX = 1_000;
  private static final int BATCH_BYTES = 1 << 16;
  private static final int POLL_RECORDS_MAX = 5_000;

  private final DemoOptions options;
  private final DemoTarget target;
  private final Clock clock;
  private final TransactionSource source;
  private final InFlight inFlight = new InFlight(IN_FLIGHT_MAX);
  private final Producer<String, SpecificRecord> producer;
  private final Feeder feeder;
  private final PredictionCollector collector;
  private final RateMeter sendRate = new RateMeter();
  private final RateMeter predictionRate = new RateMeter();
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread feederThread;
  private final Thread collectorThread;
  private volatile long startedMs;
  private volatile long drainUntilMs = Long.MAX_VALUE;
  private volatile @Nullable String failure;
  private @Nullable DemoSummary summary;

  /**
   * Opens the files and the clients; sends nothing yet.
   *
   * @throws ConfigException when a file cannot be read or written, or its header lacks a column
   */
  public Demo(DemoOptions options, DemoTarget target) {
    this(options, target, Clock.systemUTC());
  }

  Demo(DemoOptions options, DemoTarget target, Clock clock) {
    this.options = options;
    this.target = target;
    this.clock = clock;
    LabelSchedule labels = new LabelSchedule(options.labelDelay());
    Runnable checkpoint;
    if (options.transactions() == null) {
      PositionFile positions = new PositionFile(options.dataDir());
      SimulatedTransactions simulation = simulation(options, positions, labels);
      this.source = simulation;
      checkpoint = () -> positions.save(simulation.position());
    } else {
      this.source = new CsvTransactions(options.transactions());
      checkpoint = () -> {};
    }
    Path predictions = options.predictions();
    PredictionsFile file = predictions == null ? null : new PredictionsFile(predictions);
    SchemaRegistry registry = SchemaRegistry.at(target.schemaRegistryUrl());
    this.producer = producer(target, registry);
    this.feeder =
        new Feeder(
            source,
            options.limit(),
            new Pace(options.rate(), Ticker.SYSTEM),
            labels,
            inFlight,
            producer,
            target.topics(),
            clock,
            checkpoint);
    this.collector =
        new PredictionCollector(
            consumer(target), Decoders.of(registry), target.topics(), inFlight, file, clock);
    this.feederThread = new Thread(feeder, "demo-feeder");
    this.collectorThread = new Thread(this::collect, "demo-collector");
    this.startedMs = clock.millis();
  }

  /**
   * Checks the files that the options name, before anything is started.
   *
   * @throws ConfigException when the transactions cannot be read or lack a column, or the folder of
   *     the predictions is not writable
   */
  public static void checkFiles(DemoOptions options) {
    Path transactions = options.transactions();
    if (transactions != null) {
      new CsvTransactions(transactions).close();
    }
    Path predictions = options.predictions();
    if (predictions != null) {
      Path folder = predictions.toAbsolutePath().getParent();
      if (folder == null || !Files.isWritable(folder)) {
        throw new ConfigException(
            "--predictions " + predictions + ": the folder is missing or not writable");
      }
    }
  }

  /** Begins to send. Once. */
  public void start() {
    startedMs = clock.millis();
    collector.assignFromEnd();
    collectorThread.start();
    feederThread.start();
  }

  /** What was done so far. Cheap. */
  public DemoSnapshot snapshot() {
    Answers answers = collector.answers();
    return new DemoSnapshot(
        state(),
        Duration.ofMillis(clock.millis() - startedMs),
        feeder.transactions(),
        options.limit(),
        sendRate.perSecond(),
        feeder.lastEventTime(),
        feeder.labels(),
        inFlight.size(),
        answers.predictions(),
        predictionRate.perSecond(),
        answers.scored(),
        answers.unscored(),
        answers.latency(),
        answers.latencyTotal(),
        target.eventsLearned().getAsLong(),
        answers.modelVersion(),
        answers.modelSwappedInAt(),
        answers.alerts(),
        answers.lastAlerts(),
        answers.deadLetters(),
        answers.deadLettersByReason(),
        answers.lastDeadLetters());
  }

  /**
   * Waits until all is sent and answered, or the run has failed. A simulation without limit ends
   * only when it is stopped.
   *
   * @return whether it is over
   */
  public boolean awaitFinished(Duration timeout) throws InterruptedException {
    return finished.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Ends the run: sends nothing more, gives what is in flight two seconds to be answered, and
   * closes files and clients. Again it only returns the summary.
   */
  public synchronized DemoSummary stop() {
    if (summary == null) {
      feeder.stop();
      drainUntilMs = Math.min(drainUntilMs, clock.millis() + DRAIN_MS_MAX);
      join(feederThread, DRAIN_MS_MAX);
      join(collectorThread, DRAIN_MS_MAX + READ_TO_END_MS_MAX + CLOSE_MS_MAX);
      if (collectorThread.getState() == Thread.State.NEW) {
        collector.close();
      }
      producer.close(Duration.ZERO);
      source.close();
      summary = summarize();
    }
    return summary;
  }

  @Override
  public void close() {
    stop();
  }

  private void collect() {
    try (collector) {
      Completion completion = new Completion(clock.millis());
      while (!isOver(completion)) {
        collector.poll(POLL_TIMEOUT);
        sendRate.sample(clock.millis(), feeder.transactions());
        predictionRate.sample(clock.millis(), collector.answers().predictions());
      }
      readToEnd();
    } catch (RuntimeException e) {
      failure = "reading predictions: " + e.getMessage();
    } finally {
      feeder.stop();
      finished.countDown();
    }
  }

  private boolean isOver(Completion completion) {
    long nowMs = clock.millis();
    Exception feederFailure = feeder.failure();
    if (feederFailure != null && failure == null) {
      failure = "sending transactions: " + feederFailure.getMessage();
      drainUntilMs = Math.min(drainUntilMs, nowMs + DRAIN_MS_MAX);
    }
    return switch (completion.check(
        feeder.done(), inFlight.size(), collector.answers().predictions(), nowMs)) {
      case ANSWERED -> true;
      case STALLED -> {
        failure =
            "no prediction for "
                + Completion.STALL_MS / 1_000
                + " s while "
                + inFlight.size()
                + " transactions await theirs; is the sidecar running? See the log";
        yield true;
      }
      case GOING_ON -> nowMs >= drainUntilMs;
    };
  }

  /** Predictions that should not be, and the last dead letters, come after the last awaited one. */
  private void readToEnd() {
    collector.markEnd();
    long untilMs = clock.millis() + READ_TO_END_MS_MAX;
    while (!collector.reachedEnd() && clock.millis() < untilMs) {
      collector.poll(POLL_TIMEOUT);
    }
  }

  private DemoState state() {
    if (failure != null) {
      return DemoState.FAILED;
    }
    if (finished.getCount() == 0) {
      return DemoState.FINISHED;
    }
    return feeder.done() ? DemoState.DRAINING : DemoState.FEEDING;
  }

  private DemoSummary summarize() {
    Answers answers = collector.answers();
    long wallMs = answers.lastMs() == 0 ? 0 : answers.lastMs() - feeder.startedMs();
    return new DemoSummary(
        failure,
        Duration.ofMillis(wallMs),
        feeder.transactions(),
        feeder.firstEventTime(),
        feeder.lastEventTime(),
        feeder.labels(),
        answers.predictions(),
        inFlight.size() + answers.refused(),
        answers.duplicates(),
        answers.foreign(),
        answers.scored(),
        answers.unscored(),
        answers.alerts(),
        answers.latencyTotal(),
        answers.deadLettersByReason(),
        answers.lastDeadLetters(),
        target.eventsLearned().getAsLong(),
        answers.versions(),
        answers.modelVersion());
  }

  private static SimulatedTransactions simulation(
      DemoOptions options, PositionFile positions, LabelSchedule labels) {
    SimulationPosition position =
        options.fresh() ? SimulationPosition.start(options.seed()) : positions.load(options.seed());
    SimulatedTransactions simulation =
        new SimulatedTransactions(SimulationParameters.handbook(options.seed()), position);
    simulation.pastFrauds(options.labelDelay(), labels::add);
    return simulation;
  }

  private static Producer<String, SpecificRecord> producer(
      DemoTarget target, SchemaRegistry registry) {
    return new KafkaProducer<>(
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            target.bootstrapServers(),
            ProducerConfig.CLIENT_ID_CONFIG,
            CLIENT_ID,
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            true,
            // With more, a new partition that is not ready yet can refuse a producer's first batch
            // and take its second; the first is then out of sequence for ever (KAFKA-15591).
            ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
            1,
            ProducerConfig.LINGER_MS_CONFIG,
            5,
            ProducerConfig.BATCH_SIZE_CONFIG,
            BATCH_BYTES),
        new StringSerializer(),
        new TrafficSerializer(registry));
  }

  private static Consumer<byte[], byte[]> consumer(DemoTarget target) {
    return new KafkaConsumer<>(
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            target.bootstrapServers(),
            ConsumerConfig.CLIENT_ID_CONFIG,
            CLIENT_ID,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            "read_committed",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            false,
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            POLL_RECORDS_MAX),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private static void join(Thread thread, long waitMs) {
    try {
      thread.join(waitMs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
