package io.shoal.local.demo;

import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.DeadLetter;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.Transaction;
import org.apache.kafka.common.serialization.Deserializer;

/** Reads what comes back from the pipeline. */
record Decoders(
    Deserializer<Prediction> predictions,
    Deserializer<DeadLetter> deadLetters,
    Deserializer<Transaction> transactions) {

  /** Of records whose schemas stand in this registry. */
  static Decoders of(SchemaRegistry registry) {
    return new Decoders(
        new AvroDeserializer<>(registry, Prediction.class),
        new AvroDeserializer<>(registry, DeadLetter.class),
        new AvroDeserializer<>(registry, Transaction.class));
  }
}
