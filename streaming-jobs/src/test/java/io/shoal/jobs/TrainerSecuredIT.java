package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.schemas.avro.ModelVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Brokers that talk by TLS alone, and to those who give a password. */
class TrainerSecuredIT {
  private static final String STORE_PASSWORD = "store-password";
  private static final String JAAS =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\"%s;";

  @TempDir Path folder;

  @Test
  void shouldLearnAndPublishByTlsAndPassword() throws Exception {
    Path store = keyStore();
    Map<String, String> client = client(store, "trainer-secret");
    try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0, broker(store));
        EmbeddedSchemaRegistry schemas =
            EmbeddedSchemaRegistry.start(folder.resolve("schemas"), 0);
        TrainerHarness harness = new TrainerHarness(kafka, schemas, "", 1, client)) {
      harness.produce(5_000);
      TrainerConfig config = harness.config(folder.resolve("checkpoints"), withPrefix(client));
      TrainerTopics.prepare(config);
      TrainerTopics.await(config, missing -> {});
      try (LocalTrainer trainer = LocalTrainer.start(config)) {
        List<ModelVersion> versions = harness.candidatesUntil(TrainerHarness.learned(5_000));

        TrainerHarness.assertGapless(versions);
        assertThat(trainer.failure()).isEmpty();
      }

      Map<String, String> intruder = withPrefix(client(store, "wrong"));
      assertThatThrownBy(
              () -> TrainerTopics.prepare(harness.config(folder.resolve("none"), intruder)))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("Authentication failed")
          .hasMessageContaining("kafka.sasl.jaas.config");
    }
  }

  private static Map<String, String> broker(Path store) {
    String users = " user_broker=\"broker-secret\" user_trainer=\"trainer-secret\"";
    Map<String, String> settings = new HashMap<>(stores(store));
    settings.put("listener.security.protocol.map", "BROKER:SASL_SSL,CONTROLLER:PLAINTEXT");
    settings.put("sasl.enabled.mechanisms", "PLAIN");
    settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    settings.put(
        "listener.name.broker.plain.sasl.jaas.config",
        JAAS.formatted("broker", "broker-secret", users));
    settings.put("ssl.keystore.location", store.toString());
    settings.put("ssl.keystore.password", STORE_PASSWORD);
    settings.put("ssl.keystore.type", "PKCS12");
    return settings;
  }

  private static Map<String, String> client(Path store, String password) {
    Map<String, String> settings = new HashMap<>(stores(store));
    settings.put("security.protocol", "SASL_SSL");
    settings.put("sasl.mechanism", "PLAIN");
    settings.put("sasl.jaas.config", JAAS.formatted("trainer", password, ""));
    return settings;
  }

  private static Map<String, String> stores(Path store) {
    return Map.of(
        "ssl.truststore.location",
        store.toString(),
        "ssl.truststore.password",
        STORE_PASSWORD,
        "ssl.truststore.type",
        "PKCS12");
  }

  private static Map<String, String> withPrefix(Map<String, String> settings) {
    Map<String, String> options = new HashMap<>();
    settings.forEach((key, value) -> options.put("kafka." + key, value));
    return options;
  }

  private Path keyStore() throws IOException, InterruptedException {
    Path store = folder.resolve("store.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "broker",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                STORE_PASSWORD)
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    return store;
  }
}
