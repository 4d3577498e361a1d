package io.shoal.serving;

import io.shoal.features.FeatureSet;
import io.shoal.schemas.AvroSerdes;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.FeatureVector;
import io.shoal.schemas.avro.Feedback;
import io.shoal.schemas.avro.Label;
import io.shoal.schemas.avro.LedgerEvent;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.ShadowScore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.BytesDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The map of the sidecar.
 *
 * <pre>
 * source topic ---> score ---> features, predictions, alerts, shadow-scores
 *      models (global) -^ |        (what was scored)
 *    replicas (global) -^ +--> ledger-events ---> join labels ---> feedback
 *                         |         ^ labels -> route    |
 *                         +--> secondary-events <--------+ (fraud)
 *                                   |
 *                                   +--> aggregate ---> its changelog (read back as the replicas)
 * </pre>
 *
 * <p>What one branch hands to another leaves it through an {@link Outbox}, many in a record.
 *
 * <p>Each branch is keyed by what its state belongs to: the primary entity, events, other entities.
 * Two branches that write to one topic do so through sinks of their own: a shared sink would make
 * one task of them, which scores only when the other branch's input has been fetched as well.
 */
final class SidecarTopology {
  static final String FEATURES = "features";
  static final String PREDICTIONS = "predictions";
  static final String ALERTS = "alerts";
  static final String SHADOW_SCORES = "shadow-scores";
  static final String SCORED = "scored";
  static final String ROUTED_LABELS = "routed-labels";
  static final String SECONDARY_EVENTS = "secondary-events";
  static final String SECONDARY_FRAUDS = "secondary-frauds";
  static final String FEEDBACK = "feedback";
  static final String DEAD_LETTERS = "dead-letters";
  static final String PRIMARY_WINDOWS = "primary-windows";
  static final String SECONDARY_WINDOWS = "secondary-windows";
  static final String REVIEW_METERS = "review-meters";
  static final String RAW_PRIMARY = "raw-primary";
  static final String RAW_SECONDARY = "raw-secondary";
  static final String SCORING_COMMITS = "scoring-commits";
  static final String REPLICAS = "replicas";
  static final String MODELS = "models";
  static final String TAKEOVERS = "takeovers";
  static final String LEDGER = "label-ledger";
  static final String WAITING_LABELS = "waiting-labels";
  static final String GRADES = "grades";
  static final String LEDGER_COMMITS = "ledger-commits";
  static final String SECONDARY_COMMITS = "secondary-commits";

  /** Targets of the outbox. */
  static final int TO_SECONDARY = 0;

  static final int TO_LEDGER = 1;

  /** The broker's clock and that of the events need not agree. */
  private static final Duration LEDGER_CHANGES_LONGER = Duration.ofDays(1);

  /** The heap by this is what each kind of state gets: primary, secondary, replicas. */
  private static final int HEAP_PER_KIND = 12;

  /** Of global stores Kafka Streams always makes checkpoints while it runs. */
  private static final boolean GLOBAL_CHECKPOINTS = true;

  private final SidecarConfig config;
  private final Topics topics;
  private final FeatureSet features;
  private final ModelCache models;
  private final ShadowBoard board;
  private final ReviewBoard reviews;
  private final RecentPredictions recent;
  private final AvroSerdes serdes;
  private final ScoringPeriod period;
  private final SkewMeter.Settings skew;
  private final ToIntFunction<String> partitions;
  private final Clock clock;
  private final CommitHook.Group commitHooks = new CommitHook.Group();
  private final Topology topology = new Topology();

  /**
   * @param partitions how many a topic has; asked when a task starts
   */
  SidecarTopology(
      SidecarConfig config,
      FeatureSet features,
      ModelCache models,
      ShadowBoard board,
      ReviewBoard reviews,
      RecentPredictions recent,
      AvroSerdes serdes,
      ScoringPeriod period,
      SkewMeter.Settings skew,
      ToIntFunction<String> partitions,
      Clock clock) {
    this.partitions = partitions;
    this.period = period;
    this.skew = skew;
    this.config = config;
    this.topics = config.topics();
    this.features = features;
    this.models = models;
    this.board = board;
    this.reviews = reviews;
    this.recent = recent;
    this.serdes = serdes;
    this.clock = clock;
  }

  Topology build() {
    addGlobalStores();
    addTakeovers();
    addScoring();
    addLedger();
    addSecondaryAggregates();
    if (skew.isOn()) {
      topology
          .addStateStore(bytesStore(RAW_PRIMARY, checkpoints()), "score")
          .addStateStore(bytesStore(RAW_SECONDARY, checkpoints()), "aggregate-secondary");
    }
    sink(DEAD_LETTERS, topics.deadLetters(), DeadLetter.class, "join-labels");
    return topology;
  }

  private void addGlobalStores() {
    topology.addGlobalStore(
        bytesStore(MODELS, GLOBAL_CHECKPOINTS).withLoggingDisabled(),
        "models-source",
        new StringDeserializer(),
        new ByteArrayDeserializer(),
        topics.models(),
        "receive-models",
        () -> new ReceiveModels(models, MODELS));
    topology.addGlobalStore(
        statesStore(
                REPLICAS,
                SidecarTopology::keptOfAKind,
                GLOBAL_CHECKPOINTS,
                (context, name) -> Changelog.NONE)
            .withLoggingDisabled(),
        "secondary-state-source",
        new BytesDeserializer(),
        new ByteArrayDeserializer(),
        replicated(config),
        "replicate-state",
        () -> new ReplicateState(REPLICAS, clock));
  }

  /** The topic that every instance reads the states of secondary entities from. */
  static String replicated(SidecarConfig config) {
    return config.application() + "-" + SECONDARY_WINDOWS + "-changelog";
  }

  private void addTakeovers() {
    topology.addGlobalStore(
        bytesStore(TAKEOVERS, GLOBAL_CHECKPOINTS).withLoggingDisabled(),
        "takeovers-source",
        new StringDeserializer(),
        new ByteArrayDeserializer(),
        topics.takeovers(),
        "receive-takeovers",
        () -> new ReceiveTakeovers(period, TAKEOVERS));
  }

  private void addScoring() {
    topology
        .addSource(
            "transactions",
            new StringDeserializer(),
            serdes.generic(),
            topics.source(features.source().topic()))
        .addProcessor(
            "score",
            () ->
                new ScoreTransactions(
                    features,
                    models,
                    reviews,
                    policy ->
                        new ShadowScorer(
                            features,
                            policy,
                            models,
                            board,
                            config.shadowLog(),
                            config.getString(SidecarConfig.STAKE_FIELD),
                            clock),
                    recent,
                    period,
                    skew,
                    this::outbox,
                    clock),
            "transactions")
        .addStateStore(
            statesStore(
                PRIMARY_WINDOWS,
                () -> kept(topics.source(features.source().topic())),
                checkpoints(),
                Changelog::of),
            "score")
        .addStateStore(commitHooks.builder(SCORING_COMMITS), "score");
    if (reviews.follows()) {
      topology.addStateStore(
          // One small value: not worth a RocksDB, which costs the disk a wait at each checkpoint.
          Stores.keyValueStoreBuilder(
              Stores.inMemoryKeyValueStore(REVIEW_METERS), Serdes.String(), Serdes.ByteArray()),
          "score");
    }
    sink(FEATURES, topics.features(), FeatureVector.class, "score");
    sink(PREDICTIONS, topics.predictions(), Prediction.class, "score");
    sink(ALERTS, topics.alerts(), Prediction.class, "score");
    sink(SHADOW_SCORES, topics.shadowScores(), ShadowScore.class, "score");
  }

  private void addLedger() {
    Duration retention = config.ledgerRetention();
    topology
        .addSource(
            "labels",
            new ByteArrayDeserializer(),
            serdes.of(Label.class).deserializer(),
            topics.labels())
        .addProcessor("route-labels", RouteLabels::new, "labels")
        .addSource(
            "ledger-events-source",
            new StringDeserializer(),
            new ByteArrayDeserializer(),
            topics.ledgerEvents())
        .addProcessor(
            "join-labels",
            () ->
                new JoinLabels(
                    features,
                    serdes.of(LedgerEvent.class).deserializer(),
                    retention,
                    config.labelWait(),
                    this::unmatchedLabel),
            "ledger-events-source")
        .addStateStore(
            Stores.keyValueStoreBuilder(
                    LedgerStore.supplier(LEDGER, retention), Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingEnabled(
                    // No two packs have the same key, so there is nothing to compact.
                    Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_DELETE,
                        TopicConfig.RETENTION_MS_CONFIG,
                        String.valueOf(retention.plus(LEDGER_CHANGES_LONGER).toMillis()))),
            "join-labels")
        .addStateStore(
            Stores.timestampedKeyValueStoreBuilder(
                Stores.persistentTimestampedKeyValueStore(WAITING_LABELS),
                Serdes.String(),
                serdes.of(Label.class)),
            "join-labels")
        .addStateStore(
            // Cached: a few counts change many times between two commits.
            Stores.keyValueStoreBuilder(
                    Stores.persistentKeyValueStore(GRADES), Serdes.Bytes(), Serdes.ByteArray())
                .withCachingEnabled(),
            "join-labels")
        .addStateStore(commitHooks.builder(LEDGER_COMMITS), "join-labels");
    packs(SCORED, topics.ledgerEvents());
    sink(ROUTED_LABELS, topics.ledgerEvents(), LedgerEvent.class, "route-labels");
    sink(FEEDBACK, topics.feedback(), Feedback.class, "join-labels");
  }

  private void addSecondaryAggregates() {
    packs(SECONDARY_EVENTS, topics.secondaryEvents());
    topology
        .addSink(
            SECONDARY_FRAUDS,
            topics.secondaryEvents(),
            new StringSerializer(),
            new ByteArraySerializer(),
            "join-labels")
        .addSource(
            "secondary-events-source",
            new StringDeserializer(),
            new ByteArrayDeserializer(),
            topics.secondaryEvents())
        .addProcessor(
            "aggregate-secondary",
            () -> new AggregateSecondary(features, SECONDARY_WINDOWS, skew),
            "secondary-events-source")
        .addStateStore(
            statesStore(
                SECONDARY_WINDOWS,
                () -> kept(topics.secondaryEvents()),
                checkpoints(),
                Changelog::of),
            "aggregate-secondary")
        .addStateStore(commitHooks.builder(SECONDARY_COMMITS), "aggregate-secondary");
  }

  private <T extends SpecificRecord> void sink(
      String name, String topic, Class<T> type, String parent) {
    topology.addSink(name, topic, new StringSerializer(), serdes.of(type).serializer(), parent);
  }

  /** Packs go to the partition that they name. */
  private void packs(String name, String topic) {
    topology.addSink(
        name,
        topic,
        new StringSerializer(),
        new ByteArraySerializer(),
        (StreamPartitioner<String, byte[]>)
            (to, partition, pack, count) -> Optional.of(Set.of(Integer.parseInt(partition))),
        "score");
  }

  /** Wherever they are written to: their schema is registered for one topic. */
  private Outbox outbox(ProcessorContext<String, Object> context) {
    return new Outbox(
        List.of(
            // In this order: the news that a transaction was fraud must not overtake it. Indexes
            // are TO_SECONDARY and TO_LEDGER.
            new Outbox.Target(SECONDARY_EVENTS, partitions.applyAsInt(topics.secondaryEvents())),
            new Outbox.Target(SCORED, partitions.applyAsInt(topics.ledgerEvents()))),
        context::forward);
  }

  private DeadLetter unmatchedLabel(Label label, Duration waited) {
    return new DeadLetter(
        "unmatched-label",
        "no transaction "
            + label.getTransactionId()
            + " was scored within "
            + config.getInt(SidecarConfig.LEDGER_RETENTION_DAYS)
            + " days before the label, and none came in the "
            + waited.toMinutes()
            + " minutes since",
        null,
        topics.labels(),
        -1,
        -1L,
        clock.instant(),
        ByteBuffer.wrap(label.getTransactionId().getBytes(StandardCharsets.UTF_8)),
        null);
  }

  private static StoreBuilder<KeyValueStore<String, byte[]>> bytesStore(
      String name, boolean checkpoints) {
    return Stores.keyValueStoreBuilder(
        DiskStore.supplier(name, checkpoints), Serdes.String(), Serdes.ByteArray());
  }

  private static StoreBuilder<KeyValueStore<String, byte[]>> statesStore(
      String name,
      LongSupplier kept,
      boolean checkpoints,
      BiFunction<StateStoreContext, String, Changelog> changelogs) {
    return Stores.keyValueStoreBuilder(
        WriteBackStore.before(DiskStore.supplier(name, checkpoints), kept, checkpoints, changelogs),
        Serdes.String(),
        Serdes.ByteArray());
  }

  /** Exactly once Kafka Streams makes checkpoints of a task at its end only, else while it runs. */
  private boolean checkpoints() {
    return !config.isExactlyOnce();
  }

  /** Bytes of states that a task keeps in memory, as if one instance had all tasks. */
  private long kept(String topic) {
    return keptOfAKind() / partitions.applyAsInt(topic);
  }

  private static long keptOfAKind() {
    return Runtime.getRuntime().maxMemory() / HEAP_PER_KIND;
  }
}
