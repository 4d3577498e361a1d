package io.shoal.embedded;

import static io.shoal.embedded.EmbeddedSchemaRegistry.HOME_PROPERTY;
import static java.lang.ProcessBuilder.Redirect.PIPE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import io.shoal.schemas.AvroSerdes;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.TopicCreator;
import io.shoal.schemas.Topics;
import io.shoal.schemas.UndecodableRecordException;
import io.shoal.schemas.avro.Label;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedIT {
  private static final Topics TOPICS = new Topics("");

  @TempDir Path directory;

  @Test
  void shouldReadAfterRestartWhatWasWrittenBefore() throws Exception {
    Label label = new Label("t-1", true, Instant.ofEpochMilli(1_000), "chargeback");
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        EmbeddedSchemaRegistry schemas =
            EmbeddedSchemaRegistry.start(directory.resolve("schemas"), 0);
        Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      TopicCreator.createMissing(admin, TOPICS.all(4, (short) 1));
      TopicCreator.createMissing(admin, TOPICS.all(4, (short) 1));
      try (KafkaProducer<String, Label> producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all"),
              new StringSerializer(),
              labels(schemas).serializer())) {
        producer.send(new ProducerRecord<>(TOPICS.labels(), 0, "t-1", label)).get();
      }
    }
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        EmbeddedSchemaRegistry schemas =
            EmbeddedSchemaRegistry.start(directory.resolve("schemas"), 0);
        KafkaConsumer<String, Label> consumer =
            new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringDeserializer(),
                labels(schemas).deserializer())) {
      TopicPartition partition = new TopicPartition(TOPICS.labels(), 0);
      consumer.assign(Set.of(partition));
      consumer.seekToBeginning(List.of(partition));
      assertThat(consumer.poll(Duration.ofSeconds(20)))
          .singleElement()
          .satisfies(r -> assertThat(r.value()).isEqualTo(label));
    }
  }

  @Test
  void shouldTellUnknownSchemaIdFromARegistryThatIsDown() {
    String url;
    try (EmbeddedSchemaRegistry schemas = EmbeddedSchemaRegistry.start(directory, 0)) {
      url = schemas.url();
      assertThatThrownBy(() -> SchemaRegistry.at(url).schema(4_711))
          .isInstanceOf(UndecodableRecordException.class)
          .hasMessageContaining("4711");
    }
    assertThatThrownBy(() -> SchemaRegistry.at(url).schema(1))
        .isInstanceOf(io.shoal.schemas.SchemaRegistryUnavailableException.class);
  }

  @Test
  void shouldEndTheSchemaRegistryWithAJvmThatIsKilled() throws Exception {
    Process parent = new ProcessBuilder(parentCommand()).inheritIO().redirectOutput(PIPE).start();
    try (BufferedReader output = parent.inputReader()) {
      assertThat(output.readLine()).startsWith("http://");
      ProcessHandle child = parent.children().findAny().orElseThrow();
      parent.destroyForcibly().waitFor();
      child.onExit().get(30, TimeUnit.SECONDS);
    } finally {
      parent.destroyForcibly();
    }
    EmbeddedSchemaRegistry.start(directory, 0).close();
  }

  /** Starts a registry in the folder of its argument, says so, and waits to be killed. */
  static final class Parent {
    public static void main(String[] args) throws Exception {
      System.out.println(EmbeddedSchemaRegistry.start(Path.of(args[0]), 0).url());
      Thread.currentThread().join();
    }
  }

  private List<String> parentCommand() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-D" + HOME_PROPERTY + "=" + System.getProperty(HOME_PROPERTY),
        "-cp",
        System.getProperty("java.class.path"),
        Parent.class.getName(),
        directory.toString());
  }

  @Test
  void shouldSayWhichPortIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> EmbeddedKafka.start(directory, taken.getLocalPort()))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("port " + taken.getLocalPort())
          .hasMessageContaining("Kafka broker");
    }
  }

  private static Serde<Label> labels(EmbeddedSchemaRegistry schemas) {
    return new AvroSerdes(SchemaRegistry.at(schemas.url())).of(Label.class);
  }
}
