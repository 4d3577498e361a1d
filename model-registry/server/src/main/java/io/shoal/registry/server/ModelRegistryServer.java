package io.shoal.registry.server;

import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.shoal.config.ConfigException;
import io.shoal.config.ServiceProcess;
import io.shoal.features.FeatureSet;
import io.shoal.registry.server.events.EventFeed;
import io.shoal.registry.server.events.WebhookSender;
import io.shoal.registry.server.gates.Gates;
import io.shoal.registry.server.gates.RecentVectors;
import io.shoal.registry.server.http.RegistryHttp;
import io.shoal.registry.server.objects.ObjectStore;
import io.shoal.registry.server.objects.S3ObjectStore;
import io.shoal.registry.server.pipeline.CandidateConsumer;
import io.shoal.registry.server.pipeline.Candidates;
import io.shoal.registry.server.pipeline.Leadership;
import io.shoal.registry.server.pipeline.ObjectSweeper;
import io.shoal.registry.server.pipeline.OutboxPublisher;
import io.shoal.registry.server.pipeline.Registrar;
import io.shoal.registry.server.pipeline.VectorReader;
import io.shoal.registry.server.pipeline.Worker;
import io.shoal.registry.server.store.ActiveLock;
import io.shoal.registry.server.store.AliasPolicy;
import io.shoal.registry.server.store.Database;
import io.shoal.registry.server.store.Names;
import io.shoal.registry.server.store.Secrets;
import io.shoal.registry.server.store.Stores;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.FeatureVector;
import io.shoal.schemas.avro.ModelVersion;
import java.net.InetSocketAddress;
import java.security.PrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * The model registry as a service: database, stores, gates, HTTP; and, on the instance that holds
 * the lock, candidates in, announcements and webhooks out.
 */
public final class ModelRegistryServer implements AutoCloseable {
  private static final Duration LOCK_TERM = Duration.ofSeconds(6);

  private final RegistryConfig config;
  private final Clock clock = Clock.systemUTC();
  private final SchemaRegistry schemas;
  private final KafkaClients clients;
  private final @Nullable PrivateKey signingKey;
  private final Database database;
  private final @Nullable ObjectStore objects;
  private final Stores stores;
  private final ActiveLock lock;
  private final RecentVectors recent;
  private final Registrar registrar;
  private final Leadership leadership;
  private final RegistryMetrics metrics;
  private final VectorReader vectors;
  private final EventFeed feed;
  private final List<RegistryExtension.Part> extensions = new ArrayList<>();
  private final Server http;

  /**
   * A registry with this configuration; {@link #start} starts it.
   *
   * @throws ConfigException when a file that an option names cannot be used, or the database cannot
   *     be opened
   */
  public ModelRegistryServer(RegistryConfig config) {
    this.config = config;
    this.schemas = SchemaRegistry.at(config.getString(RegistryConfig.SCHEMA_REGISTRY_URL));
    this.clients = new KafkaClients(config, schemas);
    SecuritySettings security = new SecuritySettings(config);
    this.signingKey = security.signingKey();
    S3ObjectStore.Location bucket = config.objects();
    Secrets secrets = Secrets.of(config.file(RegistryConfig.WEBHOOKS_KEY));
    this.objects = bucket == null ? null : new S3ObjectStore(bucket);
    this.database =
        new Database(
            config.jdbcUrl(), config.getString(RegistryConfig.JDBC_USER), config.jdbcPassword());
    Jdbi jdbi = database.jdbi();
    this.stores =
        Stores.in(
            jdbi,
            clock,
            config.policy(),
            config.getInt(RegistryConfig.RETENTION_VERSIONS),
            objects,
            secrets);
    stores.webhooks().seal();
    this.lock = new ActiveLock(jdbi, UUID.randomUUID().toString(), LOCK_TERM);
    this.recent = new RecentVectors(config.getInt(RegistryConfig.GATES_VECTORS));
    this.leadership = new Leadership(lock, LOCK_TERM, this::workers);
    this.metrics = new RegistryMetrics(database, stores, leadership::active, clock);
    this.registrar = new Registrar(stores.versions(), gates(), metrics::registered);
    this.vectors =
        new VectorReader(
            clients.vectorConsumer(),
            new AvroDeserializer<>(schemas, FeatureVector.class),
            recent,
            config.topics().features());
    this.feed = new EventFeed(stores.log(), RegistryHttp.json());
    this.http =
        RegistryHttp.server(
            listening(security),
            stores,
            registrar,
            new AliasPolicy(
                config.policy(), Set.copyOf(config.getList(RegistryConfig.PROMOTION_PROTECTED))),
            security.guard(),
            feed,
            metrics.service(),
            this::changed,
            this::extend,
            clock);
  }

  /** What others serve from here; without any, {@code /} lists the addresses. */
  private void extend(ServerBuilder server) {
    RegistryExtension.Context context =
        new RegistryExtension.Context(config, stores, registrar, this::changed, clock);
    for (RegistryExtension extension : ServiceLoader.load(RegistryExtension.class)) {
      extensions.add(extension.attach(context, server));
    }
    if (extensions.isEmpty()) {
      RegistryHttp.listAddresses(server);
    }
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
      extensions.forEach(RegistryExtension.Part::close);
      closeStores();
      throw new ConfigException(
          "cannot listen on "
              + http.config().ports()
              + " ("
              + e.getCause()
              + "); stop what listens there or set "
              + RegistryConfig.HTTP_PORT,
          e);
    }
    vectors.start();
    feed.start();
    leadership.start();
    extensions.forEach(RegistryExtension.Part::start);
  }

  /** Base URL, for instance {@code http://127.0.0.1:8090}. */
  public String url() {
    InetSocketAddress address = http.activePorts().values().iterator().next().localAddress();
    String scheme = http.activePort().hasTls() ? "https" : "http";
    return scheme + "://" + address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  /** Whether this instance, of those on its database, takes candidates and announces versions. */
  public boolean active() {
    return leadership.active();
  }

  /** Stops in order; what is not announced yet is announced by the next start. */
  @Override
  public void close() {
    List<Worker> own = List.of(leadership, vectors, feed);
    own.forEach(Worker::stop);
    extensions.forEach(RegistryExtension.Part::close);
    CompletableFuture<Void> answered = http.stop();
    own.forEach(Worker::close);
    answered.join();
    closeStores();
  }

  private void closeStores() {
    metrics.service().close();
    database.close();
    if (objects != null) {
      objects.close();
    }
  }

  /** Runs a registry until the process is told to stop. */
  public static void main(String[] args) throws InterruptedException {
    run(ServiceProcess.file(args));
  }

  /** The same with options that come from elsewhere. */
  public static void run(Supplier<Map<String, String>> options) throws InterruptedException {
    ServiceProcess.run(
        "model registry",
        options,
        values -> {
          ModelRegistryServer server = new ModelRegistryServer(new RegistryConfig(values));
          server.start();
          System.out.println("model registry: " + server.url());
          return server;
        });
  }

  /** What one instance only may run. */
  private List<Worker> workers() {
    return List.of(
        new OutboxPublisher(
            stores.outbox(),
            clients::updateProducer,
            lock::hold,
            config.topics().models(),
            signingKey),
        new CandidateConsumer(
            clients.candidateConsumer(),
            new AvroDeserializer<>(schemas, ModelVersion.class),
            clients.deadLetterProducer(),
            config.topics().modelCandidates(),
            config.topics().deadLetters(),
            registrar,
            this::changed,
            clock),
        new WebhookSender(stores.webhooks(), RegistryHttp.json(), clock),
        new ObjectSweeper(stores.artifacts()));
  }

  private Gates gates() {
    List<FeatureSet> known = config.featureSets();
    return new Gates(
        config.gateBounds(),
        recent,
        (fingerprint, names) ->
            known.stream()
                .filter(set -> fingerprint.equals(set.fingerprint()))
                .filter(set -> set.names().containsAll(names))
                .findFirst()
                .map(set -> set.indexesOf(names)),
        this::champion);
  }

  private Optional<ModelVersion> champion(String model) {
    return stores.aliases().list(model).stream()
        .filter(alias -> alias.alias().equals(Names.CHAMPION))
        .findFirst()
        .flatMap(alias -> stores.versions().artifact(model, alias.version()))
        .map(Candidates::fromBytes);
  }

  private RegistryHttp.Listening listening(SecuritySettings security) {
    return new RegistryHttp.Listening(
        security.address(),
        config.file(RegistryConfig.TLS_CERTIFICATE),
        config.file(RegistryConfig.TLS_KEY),
        config.getInt(RegistryConfig.HTTP_REQUEST_BYTES_MAX),
        config.getInt(RegistryConfig.HTTP_REQUESTS_PER_SECOND));
  }

  private void changed() {
    leadership.news();
    feed.wake();
  }
}
