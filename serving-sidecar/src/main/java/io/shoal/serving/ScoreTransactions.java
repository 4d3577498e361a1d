package io.shoal.serving;

import io.shoal.features.FeatureSet;
import io.shoal.features.WindowState;
import io.shoal.kmeans.Score;
import io.shoal.schemas.FloatArrays;
import io.shoal.schemas.avro.Contribution;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.FeatureVector;
import io.shoal.schemas.avro.LedgerEntry;
import io.shoal.schemas.avro.LedgerEvent;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.Transaction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
final class ScoreTransactions implements Processor<String, Transaction, String, Object> {
  /**
   * Events may be this far ahead of the clock; beyond, they would expire the windows of honest
   * ones.
   */
  private static final Duration EVENT_TIME_AHEAD_MAX = Duration.ofDays(1);

  private static final int DIMENSION_MAX = 1_024;

  private final FeatureSet features;
  private final ModelCache models;
  private final ReviewPolicy policy;
  private final Clock clock;
  private final WindowState customer;
  private final WindowState terminal;
  private final float[] values;
  private final float[] used = new float[DIMENSION_MAX];
  private final Score score = new Score();
  private @Nullable ProcessorContext<String, Object> context;
  private @Nullable KeyValueStore<String, byte[]> customers;
  private @Nullable KeyValueStore<String, byte[]> terminals;

  ScoreTransactions(FeatureSet features, ModelCache models, ReviewPolicy policy, Clock clock) {
    this.features = features;
    this.models = models;
    this.policy = policy;
    this.clock = clock;
    this.customer = features.newCustomerState();
    this.terminal = features.newTerminalState();
    this.values = new float[features.dimension()];
  }

  @Override
  public void init(ProcessorContext<String, Object> processorContext) {
    context = processorContext;
    customers = processorContext.getStateStore(SidecarTopology.CUSTOMER_WINDOWS);
    terminals = processorContext.getStateStore(SidecarTopology.TERMINAL_VIEW);
  }

  @Override
  public void process(Record<String, Transaction> record) {
    if (context == null || customers == null || terminals == null) {
      throw new IllegalStateException("process before init");
    }
    Transaction transaction = record.value();
    requireUsable(record.key(), transaction);
    computeFeatures(transaction, customers, terminals);
    Prediction prediction = predict(transaction, context.recordMetadata().orElseThrow());

    context.forward(
        record.withValue(
            new FeatureVector(
                transaction.getTransactionId(),
                transaction.getEventTime(),
                features.fingerprint(),
                FloatArrays.asList(values))),
        SidecarTopology.FEATURES);
    context.forward(record.withValue(prediction), SidecarTopology.PREDICTIONS);
    if (prediction.getDecision() == Decision.REVIEW) {
      context.forward(record.withValue(prediction), SidecarTopology.ALERTS);
    }
    context.forward(
        record
            .withKey(transaction.getTransactionId())
            .withValue(new LedgerEvent(ledgerEntry(transaction, prediction), null)),
        SidecarTopology.LEDGER_EVENTS);
    context.forward(
        record
            .withKey(transaction.getTerminalId())
            .withValue(
                SecondaryEvent.transaction(
                        transaction.getEventTime().toEpochMilli(), transaction.getAmount())
                    .toBytes()),
        SidecarTopology.SECONDARY_EVENTS);
  }

  private void requireUsable(@Nullable String key, @Nullable Transaction transaction) {
    if (transaction == null) {
      throw new InvalidRecordException("undecodable", "the value is null");
    }
    if (transaction.getTransactionId().isEmpty()) {
      throw new InvalidRecordException("missing-key", "transaction_id is empty");
    }
    if (transaction.getCustomerId().isEmpty()) {
      throw new InvalidRecordException("missing-key", "customer_id is empty");
    }
    if (transaction.getTerminalId().isEmpty()) {
      throw new InvalidRecordException("missing-key", "terminal_id is empty");
    }
    if (!transaction.getCustomerId().equals(key)) {
      // State is kept where the key's partition is: under another key a customer would have two
      // states.
      throw new InvalidRecordException(
          key == null ? "missing-key" : "invalid-key",
          "the record's key is "
              + (key == null ? "missing" : "'" + key + "'")
              + ", it must be the customer_id '"
              + transaction.getCustomerId()
              + "' as a string");
    }
    if (!Double.isFinite(transaction.getAmount())) {
      throw new InvalidRecordException(
          "invalid-value", "amount is " + transaction.getAmount() + ", it must be a finite number");
    }
    Instant eventTime = transaction.getEventTime();
    if (eventTime.toEpochMilli() < 0
        || eventTime.isAfter(clock.instant().plus(EVENT_TIME_AHEAD_MAX))) {
      throw new InvalidRecordException(
          "invalid-value",
          "event_time is " + eventTime + ", it must lie between 1970 and a day after now");
    }
  }

  /**
   * Fills {@link #values}: the customer's windows with this transaction, the terminal's as
   * replicated.
   */
  private void computeFeatures(
      Transaction transaction,
      KeyValueStore<String, byte[]> customerStore,
      KeyValueStore<String, byte[]> terminalView) {
    long eventTimeMs = transaction.getEventTime().toEpochMilli();
    String customerId = transaction.getCustomerId();
    customer.read(customerStore.get(customerId));
    if (customer.add(eventTimeMs, transaction.getAmount())) {
      customerStore.put(customerId, customer.toBytes());
    }
    terminal.read(terminalView.get(transaction.getTerminalId()));
    features.compute(eventTimeMs, transaction.getAmount(), customer, terminal, values);
  }

  private Prediction predict(Transaction transaction, RecordMetadata source) {
    Prediction prediction = new Prediction();
    prediction.setTransactionId(transaction.getTransactionId());
    prediction.setEventTime(transaction.getEventTime());
    prediction.setEntityId(transaction.getCustomerId());
    prediction.setFingerprint(features.fingerprint());
    prediction.setSourceTopic(source.topic());
    prediction.setSourcePartition(source.partition());
    prediction.setSourceOffset(source.offset());
    ActiveModel model = models.current();
    if (model == null) {
      prediction.setDecision(Decision.UNSCORED);
      prediction.setReason("no model yet");
      prediction.setContributions(List.of());
      return prediction;
    }
    model.score(values, used, score);
    String reason = policy.reason(score);
    prediction.setScore(score.score);
    prediction.setRisk(Double.isNaN(score.risk) ? null : score.risk);
    prediction.setDecision(reason == null ? Decision.PASS : Decision.REVIEW);
    prediction.setReason(reason);
    prediction.setClusterId(score.clusterId);
    prediction.setDistance2(score.distance2);
    prediction.setContributions(contributions(model));
    prediction.setModelName(model.name());
    prediction.setModelVersion(model.version());
    return prediction;
  }

  private List<Contribution> contributions(ActiveModel model) {
    List<Contribution> top = new ArrayList<>(score.topFeatures.length);
    for (int i = 0; i < score.topFeatures.length && score.topFeatures[i] >= 0; i++) {
      int feature = score.topFeatures[i];
      top.add(new Contribution(model.feature(feature), used[feature], score.topShares[i]));
    }
    return top;
  }

  private LedgerEntry ledgerEntry(Transaction transaction, Prediction prediction) {
    return new LedgerEntry(
        transaction.getEventTime(),
        transaction.getCustomerId(),
        transaction.getTerminalId(),
        features.fingerprint(),
        FloatArrays.asList(values),
        prediction.getScore(),
        prediction.getRisk(),
        prediction.getDecision() == Decision.REVIEW,
        prediction.getModelVersion(),
        null);
  }
}
