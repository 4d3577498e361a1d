package io.shoal.local.demo;

import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.Transaction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Stands for the pipeline in tests: answers each transaction, some of them wrongly if told so. */
final class EchoPipeline implements AutoCloseable {
  /** How often it answers the n-th transaction. */
  interface Answers {
    int to(long n);
  }

  private final KafkaConsumer<String, Transaction> consumer;
  private final KafkaProducer<String, Prediction> producer;
  private final Topics topics;
  private final Answers answers;
  private final Thread thread = new Thread(this::run, "echo");
  private volatile boolean stopped;

  EchoPipeline(String bootstrapServers, String registryUrl, Topics topics, Answers answers) {
    SchemaRegistry registry = SchemaRegistry.at(registryUrl);
    this.topics = topics;
    this.answers = answers;
    this.consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new StringDeserializer(),
            new AvroDeserializer<>(registry, Transaction.class));
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "max.in.flight.requests.per.connection",
                "1"),
            new StringSerializer(),
            new AvroSerializer<>(registry, Prediction.class));
    List<TopicPartition> partitions =
        consumer.partitionsFor(topics.transactions()).stream()
            .map(p -> new TopicPartition(p.topic(), p.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  void start() {
    thread.start();
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try (consumer;
        producer) {
      long n = 0;
      while (!stopped) {
        for (ConsumerRecord<String, Transaction> record : consumer.poll(Duration.ofMillis(50))) {
          for (int i = answers.to(n++); i > 0; i--) {
            Future<?> unused =
                producer.send(
                    new ProducerRecord<>(
                        topics.predictions(),
                        null,
                        record.timestamp(),
                        record.key(),
                        prediction(record)));
          }
        }
      }
    }
  }

  private static Prediction prediction(ConsumerRecord<String, Transaction> record) {
    return Prediction.newBuilder()
        .setTransactionId(record.value().getTransactionId())
        .setEventTime(record.value().getEventTime())
        .setEntityId(record.key())
        .setScore(.5)
        .setDecision(Decision.PASS)
        .setModelVersion(3L)
        .setFingerprint("f")
        .setSourceTopic(record.topic())
        .setSourcePartition(record.partition())
        .setSourceOffset(record.offset())
        .build();
  }
}
