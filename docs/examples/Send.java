import io.shoal.schemas.AvroSerdes;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.Prediction;
import io.shoal.schemas.avro.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Sends one transaction to a running {@code ./shoal demo --port-base 19092}, prints its prediction. */
public class Send {
  public static void main(String[] args) {
    String brokers = "127.0.0.1:19092";
    AvroSerdes avro = new AvroSerdes(SchemaRegistry.at("http://127.0.0.1:19093/apis/ccompat/v7"));
    String id = "mine-" + System.currentTimeMillis();

    try (var producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", brokers),
                new StringSerializer(),
                avro.of(Transaction.class).serializer());
        var consumer =
            new KafkaConsumer<>(
                Map.of(
                    "bootstrap.servers", brokers,
                    "group.id", id,
                    "auto.offset.reset", "earliest",
                    "isolation.level", "read_committed"), // what a crash undid stays unseen
                new StringDeserializer(),
                avro.of(Prediction.class).deserializer())) {
      String customer = "anna"; // the key: a customer's transactions stay in order
      producer.send(
          new ProducerRecord<>(
              "transactions", customer, new Transaction(id, Instant.now(), customer, "corner-shop", 999.5)));
      producer.flush();

      consumer.subscribe(List.of("predictions"));
      while (true) {
        for (ConsumerRecord<String, Prediction> record : consumer.poll(Duration.ofSeconds(1))) {
          if (record.value().getTransactionId().equals(id)) {
            System.out.println(record.value());
            return;
          }
        }
      }
    }
  }
}
