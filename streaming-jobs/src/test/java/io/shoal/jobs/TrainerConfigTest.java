package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import io.shoal.features.FeatureSet;
import io.shoal.kmeans.KernelChoice;
import io.shoal.registry.client.ColumnNames;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainerConfigTest {
  private static final Map<String, String> REQUIRED =
      Map.of("bootstrap.servers", "localhost:9092", "schema.registry.url", "http://localhost:8081");

  @Test
  void shouldHaveTheseDefaults() {
    TrainerConfig config = config(Map.of());

    assertThat(config.topics().features()).isEqualTo("features");
    assertThat(config.modelName()).isEqualTo("default");
    assertThat(config.k()).isEqualTo(64);
    assertThat(config.modelFeatures()).isEqualTo(FeatureSet.cardTransactions().modelFeatures());
    assertThat(config.halfLife()).contains(Duration.ofDays(7));
    assertThat(config.seed()).isEqualTo(1);
    assertThat(config.kernel()).isEqualTo(KernelChoice.AUTO);
    assertThat(config.kernelThreads()).isEqualTo(1);
    assertThat(config.pointsTopic()).isEqualTo("features");
    assertThat(config.ownVectors()).isEmpty();
    assertThat(config.batchSize()).isEqualTo(1024);
    assertThat(config.batchIntervalMs()).isEqualTo(200);
    assertThat(config.publishIntervalMs()).isEqualTo(1_000);
    assertThat(config.publishBatches()).isEqualTo(1);
    assertThat(config.publishMovement()).isEqualTo(0.5);
    assertThat(config.driftShift()).isEqualTo(0.25);
    assertThat(config.driftClearEvents()).isEqualTo(20_000);
    assertThat(config.driftForgetFactor()).isEqualTo(1);
    assertThat(config.startModel()).isEmpty();
    assertThat(config.checkpointIntervalMs()).isEqualTo(1_000);
    assertThat(config.checkpointDir()).isEmpty();
    assertThat(config.sourceParallelism()).isEqualTo(1);
    assertThat(config.startFromEarliest()).isTrue();
    assertThat(config.transactionTimeoutMs()).isEqualTo(600_000);
    assertThat(config.jobName()).isEqualTo("shoal-trainer-default");
    assertThat(config.kafkaProperties()).isEmpty();
  }

  @Test
  void shouldReadEveryOption() {
    List<String> features = FeatureSet.cardTransactions().names().subList(1, 3);
    TrainerConfig config =
        config(
            Map.ofEntries(
                Map.entry("topic.prefix", "eu."),
                Map.entry("model.name", "cards"),
                Map.entry("model.k", "8"),
                Map.entry("model.features", String.join(", ", features)),
                Map.entry("model.half.life", "none"),
                Map.entry("model.seed", "-3"),
                Map.entry("model.kernel", "scalar"),
                Map.entry("model.kernel.threads", "3"),
                Map.entry("batch.size", "10"),
                Map.entry("batch.interval.ms", "20"),
                Map.entry("publish.interval.ms", "30"),
                Map.entry("publish.batches", "40"),
                Map.entry("publish.movement", "2.5"),
                Map.entry("drift.shift", "0.1"),
                Map.entry("drift.clear.events", "5000"),
                Map.entry("drift.forget.factor", "4"),
                Map.entry("start.model", "/tmp/model.avro"),
                Map.entry("checkpoint.interval.ms", "500"),
                Map.entry("checkpoint.dir", "file:///tmp/x"),
                Map.entry("source.parallelism", "6"),
                Map.entry("start.from", "latest"),
                Map.entry("transaction.timeout.ms", "70000"),
                Map.entry("transactional.id.prefix", "me"),
                Map.entry("kafka.security.protocol", "SSL")));

    assertThat(config.bootstrapServers()).isEqualTo("localhost:9092");
    assertThat(config.schemaRegistryUrl()).isEqualTo("http://localhost:8081");
    assertThat(config.topics().features()).isEqualTo("eu.features");
    assertThat(config.modelName()).isEqualTo("cards");
    assertThat(config.k()).isEqualTo(8);
    assertThat(config.modelFeatures()).isEqualTo(features);
    assertThat(config.halfLife()).isEmpty();
    assertThat(config.seed()).isEqualTo(-3);
    assertThat(config.kernel()).isEqualTo(KernelChoice.SCALAR);
    assertThat(config.kernelThreads()).isEqualTo(3);
    assertThat(config.batchSize()).isEqualTo(10);
    assertThat(config.batchIntervalMs()).isEqualTo(20);
    assertThat(config.publishIntervalMs()).isEqualTo(30);
    assertThat(config.publishBatches()).isEqualTo(40);
    assertThat(config.publishMovement()).isEqualTo(2.5);
    assertThat(config.driftShift()).isEqualTo(0.1);
    assertThat(config.driftClearEvents()).isEqualTo(5_000);
    assertThat(config.driftForgetFactor()).isEqualTo(4);
    assertThat(config.startModel()).contains("/tmp/model.avro");
    assertThat(config.checkpointIntervalMs()).isEqualTo(500);
    assertThat(config.checkpointDir()).contains(URI.create("file:///tmp/x"));
    assertThat(config.sourceParallelism()).isEqualTo(6);
    assertThat(config.startFromEarliest()).isFalse();
    assertThat(config.transactionTimeoutMs()).isEqualTo(70_000);
    assertThat(config.jobName()).isEqualTo("me-eu.cards");
    assertThat(config.kafkaProperties()).containsExactly(Map.entry("security.protocol", "SSL"));
  }

  @Test
  void shouldNeedNoFeatureSetForATopicOfTheUsers() {
    TrainerConfig config =
        config(
            Map.of(
                "topic.prefix", "eu.",
                "vectors.topic", "payments",
                "vectors.event.time", "at",
                "model.features", "amount, card.age_days"));

    assertThat(config.pointsTopic()).isEqualTo("payments");
    assertThat(config.ownVectors())
        .contains(new RecordLayout(List.of("amount", "card.age_days"), null, "at", null));
    assertThat(config.fingerprint())
        .isEqualTo(ColumnNames.fingerprint(List.of("amount", "card.age_days")));
    assertThat(config.projection().dimension()).isEqualTo(2);
    assertThat(config.resolutions()).isEmpty();
    assertThat(config.topics().feedback()).isEqualTo("eu.feedback");
  }

  @Test
  void shouldTakeTheSegmentFromTheFeatureSetOrFromAFieldOfTheUsersRecords() {
    TrainerConfig own =
        config(
            Map.of(
                "vectors.topic", "payments",
                "model.features", "amount",
                "model.segment", "category"));

    assertThat(own.segmented()).isTrue();
    assertThat(own.ownVectors().orElseThrow().text()).isEqualTo("category");
    assertThat(config(Map.of()).segmented()).isFalse();
    assertThat(config(Map.of("model.segment", "night")).segmented()).isTrue();
    assertThatThrownBy(() -> config(Map.of("model.segment", "nigth")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.segment: ")
        .hasMessageContaining("night");
  }

  @Test
  void shouldTakeEitherATopicOfTheUsersOrAFeatureSet() {
    Map<String, String> both =
        Map.of("vectors.topic", "payments", "model.features", "a", "features.file", "set.yaml");

    assertThatThrownBy(() -> config(both))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("not both");
  }

  @ParameterizedTest
  @CsvSource({
    "model.k, 0, model.k",
    "model.half.life, 7 days, 7d",
    "model.half.life, 0d, positive",
    "model.kernel, quantum, model.kernel",
    "model.features, colour, colour",
    "vectors.topic, payments, name what to learn from in model.features",
    "vectors.array, embedding, set vectors.topic",
    "model.kernel.threads, 0, model.kernel.threads",
    "model.features, 'amount,amount', only once",
    "model.features, '', at least one",
    "start.from, yesterday, start.from",
    "checkpoint.dir, /var/lib, file:///",
    "topic.prefix, a/b, topic.prefix",
    "transaction.timeout.ms, 900001, transaction.timeout.ms",
    "model.hal.life, 7d, model.half.life",
  })
  void shouldSayWhatIsWrong(String option, String value, String hint) {
    assertThatThrownBy(() -> config(Map.of(option, value)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(hint);
  }

  @ParameterizedTest
  @CsvSource({"250ms, PT0.25S", "30s, PT30S", "15 m, PT15M", "12H, PT12H", "7d, PT168H"})
  void shouldReadDurationsWithTheirUnits(String text, Duration duration) {
    assertThat(config(Map.of("model.half.life", text)).halfLife()).contains(duration);
  }

  @Test
  void shouldDescribeEveryOption() {
    assertThat(TrainerConfig.options().configKeys().values())
        .extracting((ConfigDef.ConfigKey key) -> key.documentation)
        .allSatisfy(text -> assertThat(text).endsWith("."));
  }

  private static TrainerConfig config(Map<String, String> more) {
    Map<String, String> values = new HashMap<>(REQUIRED);
    values.putAll(more);
    return new TrainerConfig(values);
  }
}
