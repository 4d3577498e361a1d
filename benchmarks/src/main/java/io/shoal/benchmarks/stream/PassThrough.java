package io.shoal.benchmarks.stream;

import io.shoal.config.ServiceProcess;
import io.shoal.schemas.AvroSerdes;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.Transaction;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * What any topology costs: reads transactions, gets and puts the customer's state in RocksDB,
 * writes the transaction to one topic. A process of its own, given the settings of Kafka Streams.
 */
public final class PassThrough {
  static final String APPLICATION = "pass-through";
  static final String SOURCE = "transactions";
  static final String OUTPUT = "passed";
  private static final String STORE = "states";
  private static final String CACHE = StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG;

  private PassThrough() {}

  /** Runs until the process is told to stop. */
  public static void main(String[] args) throws InterruptedException {
    ServiceProcess.run(
        "pass-through",
        ServiceProcess.file(args),
        values -> {
          Properties settings = new Properties();
          settings.putAll(values);
          String registry = String.valueOf(settings.remove("schema.registry.url"));
          KafkaStreams streams =
              new KafkaStreams(topology(registry, !"0".equals(values.get(CACHE))), settings);
          streams.start();
          System.out.println("started");
          return () -> streams.close(Duration.ofSeconds(5));
        });
  }

  /** The changelog of its states. */
  static String changelog(String guarantee) {
    return APPLICATION + "-" + guarantee + "-" + STORE + "-changelog";
  }

  /** The settings of the sidecar, so that the work is all that differs. */
  static Map<String, String> settings(
      String brokers, String registry, String guarantee, String dir) {
    boolean exactlyOnce = guarantee.equals(StreamsConfig.EXACTLY_ONCE_V2);
    Map<String, String> settings =
        new HashMap<>(
            Map.ofEntries(
                Map.entry(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION + "-" + guarantee),
                Map.entry(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, brokers),
                Map.entry("schema.registry.url", registry),
                Map.entry(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, guarantee),
                Map.entry(StreamsConfig.NUM_STREAM_THREADS_CONFIG, "2"),
                Map.entry(StreamsConfig.STATE_DIR_CONFIG, dir),
                Map.entry(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "100"),
                Map.entry(CACHE, "0"),
                Map.entry("consumer.receive.buffer.bytes", "-1"),
                Map.entry("producer.send.buffer.bytes", "-1"),
                Map.entry("producer.buffer.memory", String.valueOf(64 << 20)),
                Map.entry("producer.batch.size", String.valueOf(256 << 10)),
                Map.entry("producer.linger.ms", exactlyOnce ? "20" : "3")));
    if (exactlyOnce) {
      settings.put("producer.max.in.flight.requests.per.connection", "1");
      settings.put("consumer.fetch.min.bytes", String.valueOf(64 << 10));
      settings.put("consumer.fetch.max.wait.ms", "10");
    }
    return settings;
  }

  /**
   * With the cache that Kafka Streams has by default: a state reaches RocksDB and the changelog
   * once a commit.
   */
  static Map<String, String> cached(Map<String, String> settings) {
    Map<String, String> cached = new HashMap<>(settings);
    cached.put(CACHE, String.valueOf(10 << 20));
    return cached;
  }

  private static Topology topology(String registry, boolean cached) {
    Serde<Transaction> transactions =
        new AvroSerdes(SchemaRegistry.at(registry)).of(Transaction.class);
    StoreBuilder<KeyValueStore<String, byte[]>> states =
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray());
    Topology topology = new Topology();
    topology
        .addSource("source", new StringDeserializer(), transactions.deserializer(), SOURCE)
        .addProcessor("touch", Touch::new, "source")
        .addStateStore(cached ? states.withCachingEnabled() : states, "touch")
        .addSink("sink", OUTPUT, new StringSerializer(), transactions.serializer(), "touch");
    return topology;
  }

  private static final class Touch implements Processor<String, Transaction, String, Transaction> {
    private @Nullable ProcessorContext<String, Transaction> context;
    private @Nullable KeyValueStore<String, byte[]> store;

    @Override
    public void init(ProcessorContext<String, Transaction> processorContext) {
      context = processorContext;
      store = processorContext.getStateStore(STORE);
    }

    @Override
    public void process(Record<String, Transaction> record) {
      if (context == null || store == null) {
        throw new IllegalStateException("process before init");
      }
      store.put(record.key(), store.get(record.key()));
      context.forward(record);
    }
  }
}
