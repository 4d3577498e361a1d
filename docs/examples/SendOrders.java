import io.shoal.schemas.AvroSerdes;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.FeatureVector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Sends two orders of a buyer to the sidecar of docs/features.md, and prints their vectors. */
public class SendOrders {
  private static final String BROKERS = "127.0.0.1:19092";
  private static final String TOPIC = "shop-orders";

  public static void main(String[] args) throws IOException {
    SchemaRegistry registry = SchemaRegistry.at("http://127.0.0.1:19093/apis/ccompat/v7");
    Schema schema = new Schema.Parser().parse(Path.of("docs/examples/order.avsc").toFile());
    int schemaId = registry.register(TOPIC, schema);
    String buyer = args.length > 0 ? args[0] : "buyer-" + System.currentTimeMillis();

    try (var producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKERS),
                new StringSerializer(),
                new ByteArraySerializer());
        var consumer =
            new KafkaConsumer<>(
                Map.of(
                    "bootstrap.servers", BROKERS,
                    "group.id", buyer,
                    "auto.offset.reset", "earliest",
                    "isolation.level", "read_committed"),
                new StringDeserializer(),
                new AvroSerdes(registry).of(FeatureVector.class).deserializer())) {
      for (double total : new double[] {20, 45}) {
        producer.send(new ProducerRecord<>(TOPIC, buyer, bytes(schemaId, order(schema, buyer, total))));
      }
      producer.flush();

      consumer.subscribe(List.of("shop-features"));
      int seen = 0;
      while (seen < 2) {
        for (var record : consumer.poll(Duration.ofSeconds(1))) {
          if (record.key().equals(buyer)) {
            System.out.println(record.value());
            seen++;
          }
        }
      }
    }
  }

  private static GenericRecord order(Schema schema, String buyer, double total) {
    GenericRecord shop = new GenericData.Record(schema.getField("shop").schema());
    shop.put("id", "books");
    shop.put("lat", 52.52);
    shop.put("lon", 13.405);
    GenericRecord order = new GenericData.Record(schema);
    order.put("order_id", System.nanoTime());
    order.put("created_at", System.currentTimeMillis());
    order.put("buyer_id", buyer);
    order.put("country", "FR");
    order.put("total", total);
    order.put("lat", 48.8566);
    order.put("lon", 2.3522);
    order.put("shop", shop);
    return order;
  }

  /** The Confluent wire format, which every Confluent client writes by itself. */
  private static byte[] bytes(int schemaId, GenericRecord record) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(ByteBuffer.allocate(5).put((byte) 0).putInt(schemaId).array());
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }
}
