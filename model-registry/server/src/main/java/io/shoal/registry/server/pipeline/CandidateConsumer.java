package io.shoal.registry.server.pipeline;

import io.shoal.registry.server.store.RegistryException;
import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.DeadLetters;
import io.shoal.schemas.UndecodableRecordException;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.ModelVersion;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes candidates from Kafka. Offsets are committed after the database: a crash in between brings
 * the same candidate again, which the store recognises. It is assigned all partitions, without a
 * group to wait for: the lock in the database says who may read.
 */
public final class CandidateConsumer extends Worker {
  private static final Logger log = LoggerFactory.getLogger(CandidateConsumer.class);
  private static final Duration POLL = Duration.ofMillis(500);

  private final Consumer<String, byte[]> consumer;
  private final AvroDeserializer<ModelVersion> deserializer;
  private final Producer<String, DeadLetter> deadLetters;
  private final String topic;
  private final String deadLetterTopic;
  private final Registrar registrar;
  private final Runnable registered;
  private final Clock clock;
  private final Assignment assignment;

  /**
   * A consumer; {@link #start} starts it.
   *
   * @param registered is run after each new version
   */
  public CandidateConsumer(
      Consumer<String, byte[]> consumer,
      AvroDeserializer<ModelVersion> deserializer,
      Producer<String, DeadLetter> deadLetters,
      String topic,
      String deadLetterTopic,
      Registrar registrar,
      Runnable registered,
      Clock clock) {
    super("registry-candidates");
    this.consumer = consumer;
    this.deserializer = deserializer;
    this.deadLetters = deadLetters;
    this.topic = topic;
    this.deadLetterTopic = deadLetterTopic;
    this.registrar = registrar;
    this.registered = registered;
    this.clock = clock;
    this.assignment = new Assignment(consumer, topic);
  }

  @Override
  protected void work() throws InterruptedException {
    if (!assignment.refresh()) {
      assignment.pause();
      return;
    }
    ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
    Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
    for (TopicPartition partition : records.partitions()) {
      next.put(partition, new OffsetAndMetadata(records.records(partition).get(0).offset()));
    }
    try {
      for (ConsumerRecord<String, byte[]> record : records) {
        take(record);
        next.put(
            new TopicPartition(record.topic(), record.partition()),
            new OffsetAndMetadata(record.offset() + 1));
      }
    } catch (RuntimeException e) {
      // The database or the schema registry is away: what is left comes again, none is lost.
      next.forEach(consumer::seek);
      throw e;
    }
    if (!next.isEmpty()) {
      consumer.commitSync(next);
    }
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    ModelVersion candidate;
    try {
      candidate = deserializer.deserialize(topic, record.value());
      if (candidate == null) {
        throw new UndecodableRecordException("undecodable", "the value is null", null);
      }
    } catch (UndecodableRecordException e) {
      refuse(record, e);
      return;
    }
    try {
      registrar.register(candidate);
    } catch (RegistryException e) {
      refuse(record, new UndecodableRecordException("invalid", String.valueOf(e.getMessage()), e));
      return;
    }
    registered.run();
  }

  private void refuse(ConsumerRecord<String, byte[]> record, UndecodableRecordException e) {
    log.warn(
        "candidate at {}-{}@{}: {}", topic, record.partition(), record.offset(), e.getMessage());
    send(record.key(), letter(record, e));
  }

  /**
   * Waits for the brokers: the candidate's offset must not be committed before its letter is safe.
   */
  private void send(String key, DeadLetter letter) {
    try {
      deadLetters.send(new ProducerRecord<>(deadLetterTopic, key, letter)).get();
    } catch (ExecutionException e) {
      throw new KafkaException("sending a dead letter", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted while sending a dead letter", e);
    }
  }

  private DeadLetter letter(ConsumerRecord<String, byte[]> record, UndecodableRecordException e) {
    return DeadLetters.bounded(
        new DeadLetter(
            e.reason(),
            String.valueOf(e.getMessage()),
            e.getClass().getName(),
            record.topic(),
            record.partition(),
            record.offset(),
            clock.instant(),
            null,
            record.value() == null ? null : ByteBuffer.wrap(record.value())));
  }

  @Override
  public void wake() {
    if (stopping()) {
      consumer.wakeup();
    }
  }

  @Override
  protected void release() {
    consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    deadLetters.close(Duration.ofSeconds(1));
  }
}
