package io.shoal.benchmarks;

import io.shoal.cli.bench.Benchmark;
import io.shoal.cli.bench.BenchmarkRow;
import io.shoal.features.Event;
import io.shoal.features.FeatureReplay;
import io.shoal.features.FeatureReplay.StateStore;
import io.shoal.features.FeatureSet;
import io.shoal.features.StateUnit;
import io.shoal.features.Vectorizer;
import io.shoal.features.definition.FeatureSetDefinition;
import io.shoal.local.traffic.SimulatedTransactions;
import io.shoal.local.traffic.SimulationParameters;
import io.shoal.schemas.avro.Transaction;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * The handbook's fifteen features for a million transactions in memory, one thread: with states on
 * the heap, and in RocksDB beside a million entities. Each round starts without history; the best
 * counts.
 */
public final class FeatureBenchmark implements Benchmark {
  private static final int TRANSACTIONS = 1_000_000;
  private static final int ENTITIES = 1_000_000;
  private static final int ROUNDS = 3;
  private static final int LOOKUPS = 10_000;
  private static final double HEAP_PER_SECOND = 150_000;
  private static final double ROCKSDB_PER_SECOND = 60_000;
  private static final double LOOKUP_MS_MAX = 2;
  private static final double STATE_BYTES_MAX = 400;
  private static final long LABEL_DELAY_MS = Duration.ofDays(7).toMillis();
  private static final long DAY_MS = Duration.ofDays(1).toMillis();

  private final int transactions;
  private final int entities;
  private final int rounds;
  private final int lookups;
  private final FeatureSet features =
      new FeatureSet(FeatureSetDefinition.resource("/io/shoal/benchmarks/handbook.yaml"));

  /** The benchmark as the command line runs it. */
  public FeatureBenchmark() {
    this(TRANSACTIONS, ENTITIES, ROUNDS, LOOKUPS);
  }

  FeatureBenchmark(int transactions, int entities, int rounds, int lookups) {
    this.transactions = transactions;
    this.entities = entities;
    this.rounds = rounds;
    this.lookups = lookups;
  }

  @Override
  public String name() {
    return "features";
  }

  @Override
  public String description() {
    return "the handbook's 15 features on the heap and in RocksDB, one thread";
  }

  @Override
  public List<BenchmarkRow> run(Consumer<String> progress) throws IOException {
    progress.accept("simulating " + transactions + " transactions");
    Columns columns = simulate();
    List<BenchmarkRow> rows = new ArrayList<>();
    double heap = 0;
    HeapStores stores = new HeapStores();
    for (int round = 0; round < rounds; round++) {
      progress.accept("heap, round " + (round + 1) + " of " + rounds);
      stores = new HeapStores();
      heap = Math.max(heap, replay(columns, new FeatureReplay(features, stores::of)));
    }
    rows.add(faster("15 features, states on the heap", heap, HEAP_PER_SECOND));
    rows.add(smaller("mean state of a customer, hourly hops", stores.meanBytes("customer"), null));
    rows.add(smaller("mean state of a terminal, hourly hops", stores.meanBytes("terminal"), null));
    rows.add(smaller("state of 3 windows x 2 aggregates, daily hops", dailyStateBytes(), 1.0));
    progress.accept("asking over HTTP");
    rows.add(lookup(stores, columns));
    progress.accept("filling RocksDB with " + entities + " entities");
    rows.add(
        faster("15 features, states in RocksDB", rocksDb(spread(columns)), ROCKSDB_PER_SECOND));
    return rows;
  }

  private BenchmarkRow lookup(HeapStores stores, Columns columns) throws IOException {
    double p99Ms =
        LookupLatency.p99Ms(
            features,
            unit -> stores.of(unit),
            i -> columns.customers()[i % columns.size()],
            i -> columns.terminals()[i % columns.size()],
            lookups);
    return new BenchmarkRow(
        "lookup of one row over HTTP on loopback, p99",
        p99Ms,
        "ms",
        LOOKUP_MS_MAX,
        LOOKUP_MS_MAX / p99Ms,
        1.0);
  }

  private static BenchmarkRow faster(String what, double perSecond, double reference) {
    return new BenchmarkRow(what, perSecond, "events/s", reference, perSecond / reference, 1.0);
  }

  private static BenchmarkRow smaller(String what, double bytes, @Nullable Double bound) {
    return new BenchmarkRow(what, bytes, "bytes", STATE_BYTES_MAX, STATE_BYTES_MAX / bytes, bound);
  }

  /** Events per second; labels come seven days after their transactions. */
  private double replay(Columns columns, FeatureReplay replay) {
    Event event = features.newEvent();
    float[] vector = new float[features.dimension()];
    int labelled = 0;
    double checksum = 0;
    long startedNs = System.nanoTime();
    for (int i = 0; i < columns.size(); i++) {
      while (columns.timesMs()[labelled] + LABEL_DELAY_MS <= columns.timesMs()[i]) {
        if (columns.frauds()[labelled]) {
          columns.fill(event, labelled);
          replay.fraud(event);
        }
        labelled++;
      }
      columns.fill(event, i);
      replay.process(event, vector);
      checksum += vector[vector.length - 1];
    }
    double seconds = (System.nanoTime() - startedNs) / 1e9;
    if (!(checksum >= 0)) {
      throw new IllegalStateException("fraud rates sum up to " + checksum);
    }
    return columns.size() / seconds;
  }

  private double rocksDb(Columns columns) throws IOException {
    double best = 0;
    try (RocksDbStates states = RocksDbStates.open()) {
      fill(states, columns.timesMs()[0]);
      for (int round = 0; round < rounds; round++) {
        best = Math.max(best, replay(columns, new FeatureReplay(features, states::of)));
      }
    } catch (RocksDBException e) {
      throw new IOException("RocksDB failed", e);
    }
    return best;
  }

  /** Every entity has had an event on each of the last thirty days. */
  private void fill(RocksDbStates states, long nowMs) {
    Vectorizer vectorizer = features.newVectorizer();
    Event event = features.newEvent();
    for (int day = 30; day > 0; day--) {
      event.timeMs = nowMs - day * DAY_MS;
      event.numbers[0] = 49.99;
      vectorizer.begin(event);
      vectorizer.add(0);
      vectorizer.add(1);
    }
    for (int u = 0; u < features.units().size(); u++) {
      StateStore store = states.of(features.units().get(u));
      byte[] value = vectorizer.state(u).toBytes();
      for (int i = 0; i < entities / 2; i++) {
        store.put(Integer.toString(i), value);
      }
    }
  }

  private double dailyStateBytes() {
    FeatureSet daily =
        new FeatureSet(
            FeatureSetDefinition.parse(
                """
                name: daily
                source: {topic: t, id: id, event_time: at}
                entities: {customer: {key: customer, hop: 1d}}
                aggregates:
                  count: {entity: customer, function: count, windows: [1d, 7d, 30d]}
                  mean: {entity: customer, function: mean, of: {field: amount}, windows: [1d, 7d, 30d]}
                features:
                  - {windows_of: count, resolution: 1}
                  - {windows_of: mean, resolution: 1}
                """,
                "daily"));
    Vectorizer vectorizer = daily.newVectorizer();
    Event event = daily.newEvent();
    for (int i = 0; i < 1_000; i++) {
      event.timeMs = 18_000 * DAY_MS + i * DAY_MS / 20;
      event.numbers[0] = 49.99;
      vectorizer.begin(event);
      vectorizer.add(0);
    }
    return vectorizer.state(0).toBytes().length;
  }

  private Columns simulate() {
    Columns columns = new Columns(transactions);
    try (SimulatedTransactions source =
        new SimulatedTransactions(SimulationParameters.handbook(1))) {
      for (int i = 0; i < transactions; i++) {
        source.next();
        Transaction transaction = source.transaction();
        columns.timesMs()[i] = transaction.getEventTime().toEpochMilli();
        columns.customers()[i] = transaction.getCustomerId();
        columns.terminals()[i] = transaction.getTerminalId();
        columns.amounts()[i] = transaction.getAmount();
        columns.frauds()[i] = source.fraud();
      }
    }
    return columns;
  }

  /** The same, but of entities drawn at random: no cache knows who comes next. */
  private Columns spread(Columns columns) {
    SplittableRandom random = new SplittableRandom(1);
    Columns spread = columns.withOwnEntities();
    for (int i = 0; i < spread.size(); i++) {
      spread.customers()[i] = Integer.toString(random.nextInt(entities / 2));
      spread.terminals()[i] = Integer.toString(random.nextInt(entities / 2));
    }
    return spread;
  }

  private record Columns(
      long[] timesMs, String[] customers, String[] terminals, double[] amounts, boolean[] frauds) {
    Columns(int size) {
      this(new long[size], new String[size], new String[size], new double[size], new boolean[size]);
    }

    int size() {
      return timesMs.length;
    }

    Columns withOwnEntities() {
      return new Columns(timesMs, new String[size()], new String[size()], amounts, frauds);
    }

    void fill(Event event, int row) {
      event.timeMs = timesMs[row];
      event.keys[0] = customers[row];
      event.keys[1] = terminals[row];
      event.numbers[0] = amounts[row];
    }
  }

  private static final class HeapStores {
    private final Map<String, Map<String, byte[]>> values = new HashMap<>();

    StateStore of(StateUnit unit) {
      Map<String, byte[]> own = values.computeIfAbsent(unit.name(), name -> new HashMap<>());
      return StateStore.over(own);
    }

    double meanBytes(String unit) {
      return values.getOrDefault(unit, Map.of()).values().stream()
          .mapToInt(value -> value.length)
          .average()
          .orElseThrow();
    }
  }
}
