package io.shoal.registry.server;

import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.ModelVersion;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * Announces moved aliases on the compacted topic of models, in order. A row leaves the outbox after
 * the brokers have it: nothing is announced that the database has not, and nothing is lost. The
 * same update twice does no harm.
 */
final class OutboxPublisher extends Worker {
  private static final int BATCH = 100;
  private static final long POLL_MS = 1_000;

  private final VersionStore store;
  private final Producer<String, ModelUpdate> producer;
  private final String topic;
  private final Semaphore news = new Semaphore(1);

  OutboxPublisher(VersionStore store, Producer<String, ModelUpdate> producer, String topic) {
    super("registry-outbox");
    this.store = store;
    this.producer = producer;
    this.topic = topic;
  }

  @Override
  void work() throws InterruptedException {
    if (news.tryAcquire(POLL_MS, TimeUnit.MILLISECONDS)) {
      news.drainPermits();
    }
    List<Announcement> announcements = store.outbox(BATCH);
    while (!announcements.isEmpty() && !stopping()) {
      for (Announcement announcement : announcements) {
        announce(announcement);
      }
      store.announced(announcements.get(announcements.size() - 1).id());
      announcements = store.outbox(BATCH);
    }
  }

  private void announce(Announcement announcement) throws InterruptedException {
    ModelVersion version = Candidates.fromBytes(announcement.artifact());
    version.setVersion(announcement.version());
    ModelUpdate update =
        new ModelUpdate(
            announcement.model(),
            announcement.alias(),
            announcement.promotedAt(),
            announcement.promotedBy(),
            version);
    String key = announcement.model() + "/" + announcement.alias();
    try {
      producer.send(new ProducerRecord<>(topic, key, update)).get();
    } catch (ExecutionException e) {
      throw new KafkaException("announcing " + key + " version " + announcement.version(), e);
    }
  }

  @Override
  void wake() {
    news.release();
  }

  @Override
  void release() {
    producer.close(Duration.ofSeconds(1));
  }
}
