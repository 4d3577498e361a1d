package io.shoal.benchmarks.stream;

import static org.apache.kafka.streams.StreamsConfig.AT_LEAST_ONCE;
import static org.apache.kafka.streams.StreamsConfig.EXACTLY_ONCE_V2;

import io.shoal.cli.bench.Benchmark;
import io.shoal.cli.bench.BenchmarkRow;
import io.shoal.serving.Sidecar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sidecar beside a topology that passes the same records through and touches RocksDB once: how
 * many records a second when they are sent as fast as it goes, how long at a steady rate, and what
 * swaps of the model do to that. Each topology runs in a process of its own, on the same broker,
 * one after the other.
 */
public final class StreamBenchmark implements Benchmark {
  /** Transactions to warm up with, and to be sent at a time. */
  private static final int FILL = 800_000;

  /**
   * So many times that is measured, and all of them together count: the broker's cleaner runs every
   * 15 seconds, so in some of them only.
   */
  private static final int FILLS = 5;

  /** Of so many latencies the median counts: neighbours on the machine disturb some. */
  private static final int TIMES = 3;

  /** The longest there is: history goes by at days a second, and segments come and go with it. */
  private static final int LEDGER_DAYS = 366;

  private static final int RATE = 5_000;
  private static final double THROUGHPUT_SHARE = 0.5;

  /** The other way round: 1.5 times the 99th percentile at most. */
  private static final double LATENCY_SHARE = 1 / 1.5;

  private static final double SWAP_TIMES = 2;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Long enough for the disk to have written what the throughput left, and for the compilers. */
  private static final Duration WARM_UP = Duration.ofSeconds(60);

  private static final Duration ROUND = Duration.ofSeconds(8);

  @Override
  public String name() {
    return "stream";
  }

  @Override
  public String description() {
    return "the sidecar in the stream beside a topology that passes through (27 minutes)";
  }

  /** A topology. */
  private record Side(
      String name,
      Class<?> main,
      String application,
      String output,
      Set<String> topics,
      Map<String, String> options) {
    String what() {
      return name
          + (EXACTLY_ONCE_V2.equals(options.get("processing.guarantee"))
              ? ", exactly once"
              : ", at least once");
    }
  }

  /** What was measured of one while it took in what it could. */
  private record Throughput(double records, double seconds, double bytesPerRecord) {
    double perSecond() {
      return records / seconds;
    }

    /** With what was measured of it later. */
    Throughput and(Throughput later) {
      return new Throughput(records + later.records, seconds + later.seconds, later.bytesPerRecord);
    }
  }

  @Override
  public List<BenchmarkRow> run(Consumer<String> progress) throws Exception {
    List<BenchmarkRow> rows = new ArrayList<>();
    on(
        Population.SAMPLE,
        Memory.DEFAULT,
        progress,
        run -> {
          List<BenchmarkRow> swaps = new ArrayList<>();
          addExactlyOnce(run, rows, swaps);
          addAtLeastOnce(run, rows);
          rows.addAll(swaps);
        });
    on(Population.MILLION, Memory.MILLION, progress, run -> addMillion(run, rows));
    return rows;
  }

  /** MiB of a sidecar's heap, and of RocksDB's memory off it. */
  private record Memory(int heap, int rocksDb) {
    static final Memory DEFAULT = new Memory(StreamProcess.HEAP_MB, 128);

    /** The states that are kept on the heap are those of all entities, nearly. */
    static final Memory MILLION = new Memory(2_048, 512);
  }

  /** What is measured on one broker. */
  @FunctionalInterface
  private interface Part {
    void measure(Run run) throws Exception;
  }

  private static void on(Population population, Memory memory, Consumer<String> progress, Part part)
      throws Exception {
    Path folder = Files.createTempDirectory("shoal-stream");
    try (StreamBroker broker = new StreamBroker(folder, population)) {
      Run run = new Run(broker, folder, memory, progress, new AtomicInteger());
      progress.accept(
          "writing the states of %,d customers and %,d terminals"
              .formatted(population.customers(), population.terminals()));
      broker.promote(1);
      broker.stockCustomers(StreamBroker.CUSTOMER_STATES);
      broker.stockTerminals();
      broker.stockCustomers(PassThrough.changelog(EXACTLY_ONCE_V2));
      broker.stockCustomers(PassThrough.changelog(AT_LEAST_ONCE));
      part.measure(run);
    } finally {
      delete(folder);
    }
  }

  private static void addExactlyOnce(Run run, List<BenchmarkRow> rows, List<BenchmarkRow> swaps)
      throws Exception {
    List<LatencyRun.Seen> steady = new ArrayList<>();
    Compared compared =
        compare(
            run,
            live -> steady.add(steady(live)),
            live -> {
              steady.add(steady(live));
              addSwaps(run.broker, live, steady.get(1), swaps);
            });
    rows.add(throughput("exactly once", compared.ours, compared.limit, THROUGHPUT_SHARE));
    Throughput cached = run.measure(cachedPassThrough(run, EXACTLY_ONCE_V2), null);
    rows.add(throughput("exactly once, with Kafka's cache", compared.ours, cached, null));
    rows.add(
        new BenchmarkRow(
            "allocation per transaction, all threads, against pass-through",
            compared.ours.bytesPerRecord,
            "bytes",
            compared.limit.bytesPerRecord,
            compared.limit.bytesPerRecord / compared.ours.bytesPerRecord,
            null));
    addLatency(rows, "exactly once", steady.get(1), steady.get(0), LATENCY_SHARE);
  }

  private static void addMillion(Run run, List<BenchmarkRow> rows) throws Exception {
    List<LatencyRun.Seen> steady = new ArrayList<>();
    Compared compared =
        compare(run, live -> steady.add(steady(live)), live -> steady.add(steady(live)));
    String how = "exactly once, a million entities";
    rows.add(throughput(how, compared.ours, compared.limit, null));
    addLatency(rows, how, steady.get(1), steady.get(0), null);
  }

  /** The sidecar exactly once, and what the pass-through reached before and after it. */
  private record Compared(Throughput ours, Throughput limit) {}

  /** The broker's JVM gets faster meanwhile: once before and once after is fair to both. */
  private static Compared compare(
      Run run, Consumer<LatencyRun> limitLive, Consumer<LatencyRun> oursLive) throws Exception {
    Side passThrough = passThrough(run, EXACTLY_ONCE_V2);
    Throughput before = run.measure(passThrough, limitLive);
    Throughput ours = run.measure(sidecar(run, EXACTLY_ONCE_V2), oursLive);
    Throughput after = run.measure(passThrough, null);
    return new Compared(ours, before.and(after));
  }

  private static void addAtLeastOnce(Run run, List<BenchmarkRow> rows) throws Exception {
    List<LatencyRun.Seen> steady = new ArrayList<>();
    Throughput limit =
        run.measure(passThrough(run, AT_LEAST_ONCE), live -> steady.add(steady(live)));
    Throughput ours = run.measure(sidecar(run, AT_LEAST_ONCE), live -> steady.add(steady(live)));
    rows.add(throughput("at least once", ours, limit, null));
    addLatency(rows, "at least once", steady.get(1), steady.get(0), LATENCY_SHARE);
  }

  private static BenchmarkRow throughput(
      String how, Throughput measured, Throughput limit, @Nullable Double bound) {
    return new BenchmarkRow(
        "sidecar against pass-through, " + how,
        measured.perSecond(),
        "records/s",
        limit.perSecond(),
        measured.perSecond() / limit.perSecond(),
        bound);
  }

  private static void addLatency(
      List<BenchmarkRow> rows,
      String how,
      LatencyRun.Seen ours,
      LatencyRun.Seen limit,
      @Nullable Double bound) {
    String what = "latency at %,d/s, %s".formatted(RATE, how);
    rows.add(
        new BenchmarkRow(
            what + ", p50", ours.p50(), "ms", limit.p50(), limit.p50() / ours.p50(), null));
    rows.add(
        new BenchmarkRow(
            what + ", p99", ours.p99(), "ms", limit.p99(), limit.p99() / ours.p99(), bound));
  }

  private static Side passThrough(Run run, String guarantee) {
    return new Side(
        "pass-through",
        PassThrough.class,
        PassThrough.APPLICATION + "-" + guarantee,
        PassThrough.OUTPUT,
        Set.of(PassThrough.SOURCE),
        PassThrough.settings(
            run.broker.brokers(),
            run.broker.registryUrl(),
            guarantee,
            run.folder.resolve("pass-" + guarantee + "-state").toString()));
  }

  /** Like the sidecar it writes a state that changes several times between two commits once. */
  private static Side cachedPassThrough(Run run, String guarantee) {
    Side plain = passThrough(run, guarantee);
    return new Side(
        "pass-through with Kafka's cache",
        plain.main,
        plain.application,
        plain.output,
        plain.topics,
        PassThrough.cached(plain.options));
  }

  private static Side sidecar(Run run, String guarantee) {
    return new Side(
        "sidecar",
        Sidecar.class,
        StreamBroker.SIDECAR,
        StreamBroker.TOPICS.predictions(),
        Set.of(
            PassThrough.SOURCE,
            StreamBroker.TOPICS.ledgerEvents(),
            StreamBroker.TOPICS.secondaryEvents()),
        Map.of(
            "rocksdb.memory.mb", String.valueOf(run.memory.rocksDb),
            "ledger.retention.days", String.valueOf(LEDGER_DAYS),
            "bootstrap.servers", run.broker.brokers(),
            "schema.registry.url", run.broker.registryUrl(),
            "state.dir", run.folder.resolve("sidecar-" + guarantee + "-state").toString(),
            "processing.guarantee", guarantee,
            "http.port", "0"));
  }

  /** Topologies one after the other on one broker. */
  private record Run(
      StreamBroker broker,
      Path folder,
      Memory memory,
      Consumer<String> progress,
      AtomicInteger sent) {
    void fill() {
      broker.fill(broker.history(), sent.getAndAdd(FILL), FILL);
    }

    /**
     * Lets a topology read what there is, then measures how fast it takes in what is sent as fast
     * as it goes, then sends at a steady rate for as long as somebody looks at that.
     */
    Throughput measure(Side side, @Nullable Consumer<LatencyRun> atSteadyRate) throws Exception {
      progress.accept(side.what() + ": warming up");
      Path files = Files.createTempDirectory("shoal-stream-process");
      try (StreamProcess process =
          StreamProcess.start(side.main, side.options, memory.heap, files)) {
        fill(); // Else there may be nothing left to read, and its start would count.
        awaitAll(side);
        progress.accept(side.what() + ": as fast as it can");
        double allocated = process.allocatedBytes();
        double records = (double) FILLS * FILL;
        long fromNs = System.nanoTime();
        for (int i = 0; i < FILLS; i++) {
          fill();
          awaitAll(side);
        }
        double seconds = (System.nanoTime() - fromNs) / 1e9;
        double bytesPerRecord = (process.allocatedBytes() - allocated) / records;
        if (atSteadyRate != null) {
          progress.accept(side.what() + ": at " + RATE + "/s");
          int from = sent.get();
          try (LatencyRun steady =
              new LatencyRun(broker, side.output, RATE, broker.live(from, RATE), from)) {
            steady.pass(WARM_UP);
            atSteadyRate.accept(steady);
          }
        }
        return new Throughput(records, seconds, bytesPerRecord);
      } finally {
        delete(files);
      }
    }

    /** Waits until all is done that follows from what was sent. */
    private void awaitAll(Side side) throws Exception {
      // A marker of the last transaction may stay unread.
      broker.awaitLag(
          side.application,
          side.topics,
          2L * side.topics.size() * StreamBroker.PARTITIONS,
          PATIENCE);
    }
  }

  /** The round with the median of the 99th percentiles. */
  private static LatencyRun.Seen steady(LatencyRun run) {
    List<LatencyRun.Seen> rounds = new ArrayList<>();
    for (int i = 0; i < TIMES; i++) {
      rounds.add(run.measure(ROUND, false));
    }
    rounds.sort(Comparator.comparingDouble(LatencyRun.Seen::p99));
    return rounds.get(TIMES / 2);
  }

  /** A version a second. */
  private static void addSwaps(
      StreamBroker broker, LatencyRun run, LatencyRun.Seen steady, List<BenchmarkRow> rows) {
    AtomicLong version = new AtomicLong(1);
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try {
      var unused =
          timer.scheduleAtFixedRate(
              () -> broker.promote(version.incrementAndGet()), 100, 1_000, TimeUnit.MILLISECONDS);
      LatencyRun.Seen swapping = run.measure(ROUND, true);
      double limit = SWAP_TIMES * steady.p99();
      rows.add(
          new BenchmarkRow(
              "slowest record while a model a second comes in, limit 2 x p99",
              swapping.max(),
              "ms",
              limit,
              limit / swapping.max(),
              1.0));
      rows.add(
          new BenchmarkRow(
              "slowest record without, limit 2 x p99",
              steady.max(),
              "ms",
              limit,
              limit / steady.max(),
              null));
      rows.add(
          new BenchmarkRow(
              "unscored while models come in, limit 0",
              swapping.unscored(),
              "records",
              0,
              swapping.unscored() == 0 ? 1 : 0,
              1.0));
    } finally {
      timer.shutdownNow();
    }
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
