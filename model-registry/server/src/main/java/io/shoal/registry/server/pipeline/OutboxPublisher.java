package io.shoal.registry.server.pipeline;

import io.shoal.registry.client.ModelSignature;
import io.shoal.registry.server.store.Announcement;
import io.shoal.registry.server.store.Outbox;
import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.ModelVersion;
import java.security.PrivateKey;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Announces moved aliases on the compacted topic of models, in order. A row leaves the outbox after
 * the brokers have it: nothing is announced that the database has not, and nothing is lost. One row
 * at a time: after a crash in between at most the newest announcement comes twice, and no sidecar
 * goes back to an older version.
 *
 * <p>The producer is transactional, and each one made fences those before: an instance that stalled
 * while it announced cannot bring an old version back after another instance has taken over.
 */
public final class OutboxPublisher extends Worker {
  private static final long POLL_MS = 200;

  private final Outbox outbox;
  private final Supplier<Producer<String, ModelUpdate>> producers;
  private final BooleanSupplier active;
  private final String topic;
  private final @Nullable PrivateKey key;
  private final Semaphore news = new Semaphore(1);
  private @Nullable Producer<String, ModelUpdate> producer;

  /**
   * A publisher; {@link #start} starts it.
   *
   * @param producers makes transactional producers, all with the same id
   * @param active whether this instance is the one that announces
   * @param key signs what is announced; null for no signature
   */
  public OutboxPublisher(
      Outbox outbox,
      Supplier<Producer<String, ModelUpdate>> producers,
      BooleanSupplier active,
      String topic,
      @Nullable PrivateKey key) {
    super("registry-outbox");
    this.outbox = outbox;
    this.producers = producers;
    this.active = active;
    this.topic = topic;
    this.key = key;
  }

  @Override
  protected void work() throws InterruptedException {
    if (news.tryAcquire(POLL_MS, TimeUnit.MILLISECONDS)) {
      news.drainPermits();
    }
    try {
      Producer<String, ModelUpdate> open = producer();
      Optional<Announcement> next = outbox.first();
      while (next.isPresent() && !stopping()) {
        announce(open, next.get());
        outbox.announced(next.get().id());
        next = outbox.first();
      }
    } catch (RuntimeException e) {
      // Whether the transaction went through is not known; a new producer settles it.
      release();
      throw e;
    }
  }

  /** The producer; a new one fences the others before anything is read from the outbox. */
  private Producer<String, ModelUpdate> producer() {
    if (producer == null) {
      if (!active.getAsBoolean()) {
        throw new IllegalStateException("another instance announces now");
      }
      Producer<String, ModelUpdate> opened = producers.get();
      producer = opened;
      opened.initTransactions();
    }
    return producer;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the commit throws what the send met
  private void announce(Producer<String, ModelUpdate> open, Announcement announcement) {
    open.beginTransaction();
    String recordKey = announcement.model() + "/" + announcement.alias();
    open.send(new ProducerRecord<>(topic, recordKey, update(announcement)));
    open.commitTransaction();
  }

  /** What is said of an alias; null, which compaction takes for a deletion, when it is gone. */
  private @Nullable ModelUpdate update(Announcement announcement) {
    byte[] body = announcement.body();
    Long number = announcement.version();
    if (number == null || body == null) {
      return null;
    }
    ModelVersion version = Candidates.fromBytes(body);
    version.setVersion(number);
    ModelUpdate update =
        new ModelUpdate(
            announcement.model(),
            announcement.alias(),
            announcement.promotedAt(),
            announcement.promotedBy(),
            version,
            null);
    if (key != null) {
      ModelSignature.sign(update, key);
    }
    return update;
  }

  @Override
  public void wake() {
    news.release();
  }

  @Override
  protected void release() {
    if (producer != null) {
      producer.close(Duration.ofSeconds(1));
      producer = null;
    }
  }
}
