package io.shoal.registry.server;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.annotation.JacksonResponseConverterFunction;
import com.linecorp.armeria.server.healthcheck.HealthCheckService;
import io.shoal.config.ConfigException;
import io.shoal.config.ServiceProcess;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.ModelVersion;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The model registry as a service: database, store, candidates in, announcements out, HTTP. */
public final class ModelRegistryServer implements AutoCloseable {
  private static final int REQUEST_BYTES_MAX = 1 << 20;

  private final Database database;
  private final OutboxPublisher publisher;
  private final CandidateConsumer candidates;
  private final Server http;

  /**
   * A registry with this configuration; {@link #start} starts it.
   *
   * @throws ConfigException when the database cannot be opened
   */
  public ModelRegistryServer(RegistryConfig config) {
    Clock clock = Clock.systemUTC();
    Topics topics = config.topics();
    SchemaRegistry schemas =
        SchemaRegistry.at(config.getString(RegistryConfig.SCHEMA_REGISTRY_URL));
    this.database =
        new Database(
            config.jdbcUrl(), config.getString(RegistryConfig.JDBC_USER), config.jdbcPassword());
    VersionStore store =
        new VersionStore(
            database.jdbi(),
            clock,
            config.promotesAutomatically(),
            config.getInt(RegistryConfig.RETENTION_VERSIONS));
    this.publisher =
        new OutboxPublisher(store, producer(config, schemas, ModelUpdate.class), topics.models());
    this.candidates =
        new CandidateConsumer(
            consumer(config),
            new AvroDeserializer<>(schemas, ModelVersion.class),
            producer(config, schemas, DeadLetter.class),
            topics.modelCandidates(),
            topics.deadLetters(),
            store,
            publisher,
            clock);
    this.http = http(config, new RegistryApi(store, publisher, clock));
  }

  /**
   * Starts taking candidates, announcing versions and answering requests.
   *
   * @throws ConfigException when the port is taken
   */
  public void start() {
    try {
      http.start().join();
    } catch (CompletionException e) {
      database.close();
      throw new ConfigException(
          "cannot listen on "
              + http.config().ports()
              + " ("
              + e.getCause()
              + "); stop what listens there or set "
              + RegistryConfig.HTTP_PORT,
          e);
    }
    publisher.start();
    candidates.start();
  }

  /** Base URL, for instance {@code http://127.0.0.1:8090}. */
  public String url() {
    InetSocketAddress address = http.activePorts().values().iterator().next().localAddress();
    return "http://" + address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  /** Stops in order; what is not announced yet is announced by the next start. */
  @Override
  public void close() {
    candidates.close();
    publisher.close();
    http.stop().join();
    database.close();
  }

  /** Runs a registry until the process is told to stop. */
  public static void main(String[] args) throws InterruptedException {
    ServiceProcess.run(
        "model registry",
        args,
        values -> {
          ModelRegistryServer server = new ModelRegistryServer(new RegistryConfig(values));
          server.start();
          System.out.println("model registry: " + server.url());
          return server;
        });
  }

  private static Server http(RegistryConfig config, RegistryApi api) {
    JsonMapper json =
        JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    return Server.builder()
        .http(
            new InetSocketAddress(
                config.getString(RegistryConfig.HTTP_HOST),
                config.getInt(RegistryConfig.HTTP_PORT)))
        .maxRequestLength(REQUEST_BYTES_MAX)
        // Errors logs what is a failure; a refused request is none.
        .unloggedExceptionsReportInterval(Duration.ZERO)
        .errorHandler(new Errors())
        .service("/", (context, request) -> HttpResponse.ofJson(index()))
        .service("/health", HealthCheckService.of())
        .annotatedService()
        .pathPrefix("/api/v1")
        .requestConverters(new JsonBody(json))
        .responseConverters(new JacksonResponseConverterFunction(json))
        .build(api)
        .build();
  }

  private static Map<String, String> index() {
    return new TreeMap<>(
        Map.of(
            "models", "/api/v1/models",
            "versions", "/api/v1/models/{model}/versions",
            "version", "/api/v1/models/{model}/versions/{version}",
            "aliases", "/api/v1/models/{model}/aliases",
            "audit", "/api/v1/models/{model}/audit",
            "deciding", "/api/v1/models/{model}/deciding?at={moment}",
            "health", "/health"));
  }

  private static <T extends SpecificRecord> Producer<String, T> producer(
      RegistryConfig config, SchemaRegistry schemas, Class<T> type) {
    Map<String, Object> settings = client(config);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    return new KafkaProducer<>(
        settings, new StringSerializer(), new AvroSerializer<>(schemas, type));
  }

  private static KafkaConsumer<String, byte[]> consumer(RegistryConfig config) {
    Map<String, Object> settings = client(config);
    settings.put(
        ConsumerConfig.GROUP_ID_CONFIG,
        config.getString(RegistryConfig.TOPIC_PREFIX) + "shoal-model-registry");
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
  }

  private static Map<String, Object> client(RegistryConfig config) {
    Map<String, Object> settings = new HashMap<>(config.kafkaSettings());
    settings.put("bootstrap.servers", config.getString(RegistryConfig.BOOTSTRAP_SERVERS));
    return settings;
  }
}
