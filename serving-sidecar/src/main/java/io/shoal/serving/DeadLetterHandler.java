package io.shoal.serving;

import io.shoal.features.InvalidEventException;
import io.shoal.features.state.ForeignStateException;
import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.DeadLetters;
import io.shoal.schemas.SchemaRegistryUnavailableException;
import io.shoal.schemas.UndecodableRecordException;
import io.shoal.schemas.avro.DeadLetter;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessingExceptionHandler;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Decides what becomes of a record that fails: what no retry can mend goes to the dead-letter
 * topic, within the transaction of its task, and the stream goes on; what is not the record's fault
 * stops the thread, which is replaced and tries again.
 */
public final class DeadLetterHandler
    implements DeserializationExceptionHandler, ProcessingExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(DeadLetterHandler.class);

  /** Streams makes the handlers itself, so what they need travels in its configuration. */
  static final String LETTERS = "shoal.dead.letters";

  private @Nullable Letters letters;

  @Override
  public void configure(Map<String, ?> configs) {
    letters = (Letters) configs.get(LETTERS);
  }

  @Override
  public DeserializationExceptionHandler.Response handleError(
      ErrorHandlerContext context, ConsumerRecord<byte[], byte[]> record, Exception exception) {
    Throwable cause = root(exception);
    if (cause instanceof SchemaRegistryUnavailableException) {
      return DeserializationExceptionHandler.Response.fail();
    }
    String reason =
        cause instanceof UndecodableRecordException undecodable
            ? undecodable.reason()
            : "undecodable";
    return DeserializationExceptionHandler.Response.resume(
        List.of(requireLetters().write(context, record.key(), record.value(), reason, cause)));
  }

  @SuppressWarnings("try") // the context of a log line is only closed
  @Override
  public ProcessingExceptionHandler.Response handleError(
      ErrorHandlerContext context, @Nullable Record<?, ?> record, Exception exception) {
    Throwable cause = root(exception);
    String reason = reason(cause);
    if (reason == null
        && (cause instanceof KafkaException || cause instanceof ForeignStateException)) {
      return ProcessingExceptionHandler.Response.fail();
    }
    if (reason == null) {
      reason = "processing-failed";
      String origin = context.topic() + "-" + context.partition() + "@" + context.offset();
      try (MDC.MDCCloseable ignored = MDC.putCloseable("record.origin", origin)) {
        log.error(
            "{} failed at {}; the record goes to the dead letters",
            context.processorNodeId(),
            origin,
            exception);
      }
    }
    return ProcessingExceptionHandler.Response.resume(
        List.of(
            requireLetters()
                .write(context, context.sourceRawKey(), context.sourceRawValue(), reason, cause)));
  }

  /** Of what is the record's own fault, else null. */
  private static @Nullable String reason(Throwable cause) {
    if (cause instanceof UndecodableRecordException undecodable) {
      return undecodable.reason();
    }
    return cause instanceof InvalidEventException invalid ? invalid.reason() : null;
  }

  private Letters requireLetters() {
    if (letters == null) {
      throw new IllegalStateException(LETTERS + " is not configured");
    }
    return letters;
  }

  /** Our own exception types carry the reason; Streams and Kafka may wrap them. */
  private static Throwable root(Throwable exception) {
    Throwable cause = exception;
    while (cause.getCause() != null
        && !(cause instanceof InvalidEventException)
        && !(cause instanceof UndecodableRecordException)
        && !(cause instanceof SchemaRegistryUnavailableException)) {
      cause = cause.getCause();
    }
    return cause;
  }

  /**
   * Writes letters for one dead-letter topic.
   *
   * @param counter is told the reason of each
   */
  record Letters(
      String topic, AvroSerializer<DeadLetter> serializer, Clock clock, Consumer<String> counter) {
    Letters(String topic, AvroSerializer<DeadLetter> serializer, Clock clock) {
      this(topic, serializer, clock, reason -> {});
    }

    ProducerRecord<byte[], byte[]> write(
        ErrorHandlerContext context,
        byte @Nullable [] key,
        byte @Nullable [] value,
        String reason,
        Throwable cause) {
      counter.accept(reason);
      DeadLetter letter =
          DeadLetters.bounded(
              new DeadLetter(
                  reason,
                  String.valueOf(cause.getMessage()),
                  cause.getClass().getName(),
                  context.topic(),
                  context.partition(),
                  context.offset(),
                  clock.instant(),
                  key == null ? null : ByteBuffer.wrap(key),
                  value == null ? null : ByteBuffer.wrap(value)));
      return new ProducerRecord<>(
          topic, letter.getKey() == null ? null : key, serializer.serialize(topic, letter));
    }
  }
}
