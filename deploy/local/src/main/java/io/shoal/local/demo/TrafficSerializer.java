package io.shoal.local.demo;

import io.shoal.schemas.AvroSerializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.Label;
import io.shoal.schemas.avro.Transaction;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** Writes the three records that the demo sends, so that one producer sends them in order. */
final class TrafficSerializer implements Serializer<SpecificRecord> {
  private final Serializer<Transaction> transactions;
  private final Serializer<Label> labels;
  private final Serializer<DeadLetter> deadLetters;

  TrafficSerializer(SchemaRegistry registry) {
    this.transactions = new AvroSerializer<>(registry, Transaction.class);
    this.labels = new AvroSerializer<>(registry, Label.class);
    this.deadLetters = new AvroSerializer<>(registry, DeadLetter.class);
  }

  @Override
  public byte @Nullable [] serialize(String topic, SpecificRecord value) {
    if (value instanceof Transaction transaction) {
      return transactions.serialize(topic, transaction);
    }
    if (value instanceof Label label) {
      return labels.serialize(topic, label);
    }
    if (value instanceof DeadLetter deadLetter) {
      return deadLetters.serialize(topic, deadLetter);
    }
    throw new IllegalArgumentException("the demo sends no " + value.getSchema().getFullName());
  }
}
