package io.shoal.console.stream;

import io.shoal.console.store.Letters.Letter;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.registry.server.store.RegistryException.Code;
import io.shoal.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Sends dead letters again, to the topic and partition that they came from. */
public final class Retries implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(12);

  private final ConsoleKafka kafka;
  private final Set<String> allowed;
  private @Nullable Producer<byte[], byte[]> producer;

  /**
   * Retries on these clients.
   *
   * @param sources topics that sidecars read
   */
  public Retries(ConsoleKafka kafka, List<String> sources, Topics topics) {
    this.kafka = kafka;
    this.allowed =
        Stream.concat(sources.stream(), Stream.of(topics.labels()))
            .collect(Collectors.toUnmodifiableSet());
  }

  /** Topics that it sends to: what others than the pipeline's own parts write. */
  public boolean may(String topic) {
    return allowed.contains(topic);
  }

  /**
   * Sends one and waits until Kafka has it.
   *
   * @throws RegistryException when it cannot be sent, with what to do
   */
  public void send(Letter letter) {
    byte[] value = letter.value();
    if (value == null) {
      throw new RegistryException(
          Code.INVALID_PARAMETER_VALUE,
          "this record was too large to be kept here; send it again from its source");
    }
    if (!may(letter.source())) {
      throw new RegistryException(
          Code.INVALID_PARAMETER_VALUE,
          "records of '"
              + letter.source()
              + "' are not sent again from here, only those of "
              + String.join(" and ", allowed.stream().sorted().toList()));
    }
    Integer partition = letter.partition() < 0 ? null : letter.partition();
    try {
      connected()
          .send(new ProducerRecord<>(letter.source(), partition, letter.key(), value))
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new RegistryException(
          Code.RESOURCE_CONFLICT, "Kafka did not take it (" + e.getMessage() + "); try again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private synchronized Producer<byte[], byte[]> connected() {
    if (producer == null) {
      producer = kafka.producer();
    }
    return producer;
  }

  @Override
  public synchronized void close() {
    if (producer != null) {
      producer.close(Duration.ofSeconds(1));
    }
  }
}
