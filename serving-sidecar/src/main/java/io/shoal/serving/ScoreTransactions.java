package io.shoal.serving;

import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.features.StateUnit;
import io.shoal.features.Vectorizer;
import io.shoal.features.state.EntityState;
import io.shoal.schemas.FloatArrays;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.FeatureVector;
import io.shoal.schemas.avro.Prediction;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Turns a transaction into its feature vector and its prediction: the heart of the sidecar. The
 * vector that is scored is the vector that is logged for learning, so training and serving cannot
 * disagree.
 */
final class ScoreTransactions implements Processor<String, GenericRecord, String, Object> {
  private static final String METER = "meter";

  /** Offsets between two times that the thresholds are stored, at least. */
  private static final int METER_EVERY = 1_024;

  private final FeatureSet features;
  private final List<StateUnit> units;
  private final ModelCache models;
  private final ReviewBoard reviews;
  private final Function<Supplier<ReviewPolicy>, ShadowScorer> shadows;
  private final RecentPredictions recent;
  private final ScoringPeriod period;
  private final SkewMeter.Settings skewSettings;
  private final Function<ProcessorContext<String, Object>, Outbox> outboxes;
  private final long set;
  private final EventReader reader;
  private final Event event;
  private final Vectorizer vectorizer;
  private final float[] values;

  /** Keys of the event's entities among the replicas, {@code [units]}; null for one in line. */
  private final @Nullable Bytes[] replicaKeys;

  private @Nullable ProcessorContext<String, Object> context;
  private @Nullable WriteBackStore primary;
  private @Nullable WriteBackStore replicas;
  private @Nullable StreamMetrics metrics;
  private @Nullable ExpireStates expiry;
  private @Nullable SkewMeter skew;
  private @Nullable ReviewMeter meter;
  private @Nullable KeyValueStore<String, byte[]> meters;
  private @Nullable Predictor predictor;
  private @Nullable ShadowScorer shadow;
  private @Nullable Outbox outbox;
  private @Nullable CommitHook commits;
  private int partition;

  ScoreTransactions(
      FeatureSet features,
      ModelCache models,
      ReviewBoard reviews,
      Function<Supplier<ReviewPolicy>, ShadowScorer> shadows,
      RecentPredictions recent,
      ScoringPeriod period,
      SkewMeter.Settings skewSettings,
      Function<ProcessorContext<String, Object>, Outbox> outboxes,
      Clock clock) {
    this.outboxes = outboxes;
    this.skewSettings = skewSettings;
    this.period = period;
    this.features = features;
    this.units = features.units();
    this.set = ScoredEntry.set(features.fingerprint());
    this.models = models;
    this.reviews = reviews;
    this.shadows = shadows;
    this.recent = recent;
    this.reader = new EventReader(features, clock);
    this.event = features.newEvent();
    this.vectorizer = features.newVectorizer();
    this.values = new float[features.dimension()];
    this.replicaKeys = new Bytes[units.size()];
  }

  @Override
  public void init(ProcessorContext<String, Object> processorContext) {
    context = processorContext;
    WriteBackStore states =
        WriteBackStore.under(processorContext.getStateStore(SidecarTopology.PRIMARY_WINDOWS));
    primary = states;
    replicas = WriteBackStore.under(processorContext.getStateStore(SidecarTopology.REPLICAS));
    metrics = new StreamMetrics(processorContext.metrics());
    expiry = new ExpireStates(states, key -> inLineState());
    if (skewSettings.isOn() && inLineUnit() >= 0) {
      skew =
          new SkewMeter(
              features, inLineUnit(), skewSettings, processorContext, SidecarTopology.RAW_PRIMARY);
    }
    openMeter(processorContext);
    Outbox opened = outboxes.apply(processorContext);
    outbox = opened;
    CommitHook hook = processorContext.getStateStore(SidecarTopology.SCORING_COMMITS);
    hook.attach(
        processorContext,
        () -> {
          opened.flush();
          states.log();
        });
    commits = hook;
    processorContext.schedule(
        ExpireStates.INTERVAL, PunctuationType.WALL_CLOCK_TIME, nowMs -> expire());
  }

  private void openMeter(ProcessorContext<String, Object> processorContext) {
    partition = processorContext.taskId().partition();
    ReviewMeter opened = reviews.open(partition);
    if (reviews.follows()) {
      meters = processorContext.getStateStore(SidecarTopology.REVIEW_METERS);
      byte[] before = meters.get(METER);
      if (before != null) {
        opened.read(before);
      }
    }
    meter = opened;
    predictor = new Predictor(features, opened);
    shadow = shadows.apply(opened);
  }

  @Override
  public void close() {
    if (meter != null) {
      reviews.close(partition, meter);
    }
    if (commits != null) {
      commits.detach();
    }
  }

  @Override
  public void process(Record<String, GenericRecord> record) {
    if (context == null || expiry == null || shadow == null) {
      throw new IllegalStateException("process before init");
    }
    reader.read(record.key(), record.value(), event);
    expiry.advance(event.timeMs);
    computeFeatures();
    Prediction prediction = predict(context.recordMetadata().orElseThrow());

    context.forward(
        record.withValue(
            new FeatureVector(
                event.id,
                Instant.ofEpochMilli(event.timeMs),
                features.fingerprint(),
                FloatArrays.asList(values))),
        SidecarTopology.FEATURES);
    if (period.holds(record.timestamp())) {
      context.forward(record.withValue(prediction), SidecarTopology.PREDICTIONS);
      if (prediction.getDecision() == Decision.REVIEW) {
        context.forward(record.withValue(prediction), SidecarTopology.ALERTS);
      }
      recent.add(prediction);
      ProcessorContext<String, Object> downstream = context;
      shadow.score(
          event,
          values,
          prediction,
          score -> downstream.forward(record.withValue(score), SidecarTopology.SHADOW_SCORES));
    }
    handOver(prediction, record.timestamp());
  }

  /** Tells the other entities and the ledger. */
  private void handOver(Prediction prediction, long timestampMs) {
    if (outbox == null) {
      throw new IllegalStateException("process before init");
    }
    for (int u = 0; u < units.size(); u++) {
      Bytes key = replicaKeys[u];
      if (key != null) {
        outbox.add(
            SidecarTopology.TO_SECONDARY, key.get(), vectorizer.update(u).toBytes(), timestampMs);
      }
    }
    outbox.add(
        SidecarTopology.TO_LEDGER,
        event.id.getBytes(StandardCharsets.UTF_8),
        ScoredEntry.toBytes(event, values, prediction, set),
        timestampMs);
    outbox.flushIfFull();
  }

  /** Fills {@link #values}: the primary entity with this event, the others as replicated. */
  private void computeFeatures() {
    if (primary == null || replicas == null || metrics == null) {
      throw new IllegalStateException("process before init");
    }
    boolean known = false;
    vectorizer.begin(event);
    for (int u = 0; u < units.size(); u++) {
      EntityState state = vectorizer.state(u);
      if (units.get(u).inLine()) {
        Bytes key = Bytes.wrap(event.keys[0].getBytes(StandardCharsets.UTF_8));
        byte[] stored = primary.get(key);
        known = stored != null;
        state.read(stored);
        if (!vectorizer.add(u)) {
          metrics.late();
        }
        primary.put(key, state.toBytes());
      } else {
        String entityKey = event.keys[units.get(u).entity()];
        Bytes key = Bytes.wrap(units.get(u).replicaKey(entityKey).getBytes(StandardCharsets.UTF_8));
        replicaKeys[u] = key;
        state.read(replicas.get(key));
      }
    }
    vectorizer.compute(values);
    if (skew != null && skew.samples(event.keys[0])) {
      skew.vector(event.keys[0], known, event, vectorizer, values);
    }
  }

  private void expire() {
    if (expiry != null) {
      expiry.sweep(
          key -> {
            if (skew != null) {
              skew.forget(key);
            }
          });
    }
  }

  private EntityState inLineState() {
    return vectorizer.state(inLineUnit());
  }

  /** -1 where nothing of the primary entity is aggregated in line. */
  private int inLineUnit() {
    for (int u = 0; u < units.size(); u++) {
      if (units.get(u).inLine()) {
        return u;
      }
    }
    return -1;
  }

  private Prediction predict(RecordMetadata source) {
    if (predictor == null || meter == null) {
      throw new IllegalStateException("predict before init");
    }
    Prediction prediction = predictor.predict(event, values, models.deciding(event.keys[0]));
    prediction.setSourceTopic(source.topic());
    prediction.setSourcePartition(source.partition());
    prediction.setSourceOffset(source.offset());
    boolean review = prediction.getDecision() == Decision.REVIEW;
    if (meter.add(event.timeMs, prediction.getScore(), prediction.getRisk(), review)
        && meters != null
        && source.offset() % METER_EVERY < ReviewMeter.EVENTS_PER_UPDATE) {
      meters.put(METER, meter.toBytes());
    }
    return prediction;
  }
}
