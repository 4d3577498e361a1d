package io.shoal.serving;

import io.shoal.features.InvalidEventException;
import io.shoal.features.RecordReader;
import io.shoal.schemas.avro.Label;
import io.shoal.schemas.avro.LedgerEvent;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Sends each label to the partition of the ledger that knows its transaction. Clients in other
 * languages partition by other hashes, so where a label comes in says nothing of where it belongs.
 */
final class RouteLabels implements Processor<Object, Label, String, LedgerEvent> {
  private @Nullable ProcessorContext<String, LedgerEvent> context;

  @Override
  public void init(ProcessorContext<String, LedgerEvent> processorContext) {
    context = processorContext;
  }

  @Override
  public void process(Record<Object, Label> record) {
    @Nullable Label label = record.value();
    if (label == null) {
      throw new InvalidEventException("undecodable", "the value is null");
    }
    if (label.getTransactionId().isEmpty()) {
      throw new InvalidEventException("missing-key", "the label's transaction_id is empty");
    }
    bounded("transaction_id", label.getTransactionId());
    bounded("source", label.getSource());
    if (context != null) {
      context.forward(
          record.withKey(label.getTransactionId()).withValue(new LedgerEvent(null, label)));
    }
  }

  private static void bounded(String field, @Nullable String text) {
    if (text != null && text.length() > RecordReader.WORD_LENGTH_MAX) {
      throw new InvalidEventException(
          "invalid-value",
          "the label's %s has %,d characters, at most %,d are possible"
              .formatted(field, text.length(), RecordReader.WORD_LENGTH_MAX));
    }
  }
}
