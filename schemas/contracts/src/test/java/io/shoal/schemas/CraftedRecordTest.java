package io.shoal.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.Prediction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records that claim what they do not hold. */
class CraftedRecordTest {
  private static final int ROUNDS = 5_000;
  private static final long ALLOCATION_MAX = 4L << 20;
  private static final long HUGE = Integer.MAX_VALUE - 8L;

  private static final Schema LISTS =
      SchemaBuilder.record("Lists")
          .fields()
          .name("text")
          .type()
          .stringType()
          .noDefault()
          .name("bytes")
          .type()
          .bytesType()
          .noDefault()
          .name("numbers")
          .type()
          .array()
          .items()
          .floatType()
          .noDefault()
          .name("nothing")
          .type()
          .array()
          .items()
          .nullType()
          .noDefault()
          .name("words")
          .type()
          .map()
          .values()
          .stringType()
          .noDefault()
          .endRecord();

  private final MockSchemaRegistryClient client = new MockSchemaRegistryClient();
  private final SchemaRegistry registry = new SchemaRegistry(client, Clock.systemUTC());

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void shouldRefuseAClaimOfGigabytesBeforeMakingRoomForIt(int field) throws IOException {
    byte[] body =
        encoded(
            out -> {
              for (int i = 0; i < field; i++) {
                writeLong(out, 0);
              }
              writeLong(out, HUGE);
            });

    long before = allocated();
    assertThatThrownBy(() -> AvroBody.read(new GenericDatumReader<>(LISTS), body, 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("claimed");
    assertThat(allocated() - before).isLessThan(ALLOCATION_MAX);
  }

  @Test
  void shouldRefuseASkippedListThatNeverEnds() throws IOException {
    Schema nothing = SchemaBuilder.record("Lists").fields().endRecord();
    byte[] body =
        encoded(
            out -> {
              writeLong(out, 0);
              writeLong(out, 0);
              writeLong(out, 0);
              writeLong(out, Long.MAX_VALUE / 2);
            });

    assertThatThrownBy(() -> AvroBody.read(new GenericDatumReader<>(LISTS, nothing), body, 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more items");
  }

  @Test
  void shouldRefuseNestingThatNoStackHolds() throws IOException {
    Schema chain =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "Chain",
                 "fields": [{"name": "next", "type": ["null", "Chain"]}]}
                """);
    byte[] body = new byte[1 << 20];
    Arrays.fill(body, (byte) 2);

    assertThatThrownBy(() -> AvroBody.read(new GenericDatumReader<>(chain), body, 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nested too deep");
  }

  @Test
  void shouldReadOrRefuseWhateverIsMadeOfAPrediction() throws Exception {
    mutate(Prediction.class, 1);
  }

  @Test
  void shouldReadOrRefuseWhateverIsMadeOfAModelUpdate() throws Exception {
    mutate(ModelUpdate.class, 2);
  }

  private <T extends SpecificRecord> void mutate(Class<T> type, long seed) throws Exception {
    AvroDeserializer<T> specific = new AvroDeserializer<>(registry, type);
    GenericAvroDeserializer generic = new GenericAvroDeserializer(registry);
    byte[] sound = message(type);
    assertThat(readOrRefused(specific, sound)).isTrue();
    assertThat(readOrRefused(generic, sound)).isTrue();
    Random random = new Random(seed);
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] message = crafted(sound, random);
      refused += readOrRefused(specific, message) ? 0 : 1;
      readOrRefused(generic, message);
    }
    assertThat(refused).isBetween(ROUNDS / 10, ROUNDS);
  }

  /** The released record of this type in the wire format. */
  private byte[] message(Class<?> type) throws Exception {
    String release = "golden/0.1.0/" + type.getSimpleName();
    ClassLoader files = CraftedRecordTest.class.getClassLoader();
    try (InputStream schema = files.getResourceAsStream(release + ".avsc");
        InputStream body = files.getResourceAsStream(release + ".bin")) {
      int id = client.register("crafted-value", new AvroSchema(new Schema.Parser().parse(schema)));
      ByteArrayOutputStream message = new ByteArrayOutputStream();
      message.write(WireFormat.header(id));
      body.transferTo(message);
      return message.toByteArray();
    }
  }

  /** Some bytes changed, a length blown up, or the end cut off; the header stays. */
  private static byte[] crafted(byte[] message, Random random) {
    byte[] bytes = message.clone();
    int at = WireFormat.HEADER_BYTES + random.nextInt(bytes.length - WireFormat.HEADER_BYTES);
    switch (random.nextInt(3)) {
      case 0 -> bytes[at] = (byte) random.nextInt();
      case 1 -> {
        byte[] huge = HexFormat.of().parseHex("f0ffffff0f");
        System.arraycopy(huge, 0, bytes, at, Math.min(huge.length, bytes.length - at));
      }
      default -> bytes = Arrays.copyOf(bytes, at);
    }
    return bytes;
  }

  private static boolean readOrRefused(Deserializer<?> deserializer, byte[] message) {
    long before = allocated();
    try {
      return deserializer.deserialize("predictions", message) != null;
    } catch (UndecodableRecordException refused) {
      return false;
    } finally {
      assertThat(allocated() - before).isLessThan(ALLOCATION_MAX);
    }
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  private static byte[] encoded(Consumer<BinaryEncoder> write) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);
    write.accept(out);
    out.flush();
    return bytes.toByteArray();
  }

  private static void writeLong(BinaryEncoder out, long value) {
    try {
      out.writeLong(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
