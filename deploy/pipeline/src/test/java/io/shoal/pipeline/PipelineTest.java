package io.shoal.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.shoal.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PipelineTest {
  private static final String VALID =
      """
      apiVersion: shoal/v1
      kind: Pipeline
      name: cards
      kafka:
        bootstrap.servers: broker:9092
        schema.registry.url: http://schemas:8081
        topic.partitions: 8
        security.protocol: SASL_SSL
      model: {k: 32, half.life: 12h, alias: canary}
      training: {batch.size: 256}
      labels: {ledger.retention.days: 30}
      serving: {threads: 2}
      registry: {http.port: 9000, promotion.policy: manual}
      scaling: {min: 1, max: 4}
      """;

  @TempDir Path folder;

  @Test
  void shouldTellEachServiceItsOptions() throws IOException {
    Pipeline pipeline = read(VALID);

    assertThat(pipeline.options(Service.TRAINER))
        .containsOnly(
            entry("bootstrap.servers", "broker:9092"),
            entry("schema.registry.url", "http://schemas:8081"),
            entry("topic.prefix", "cards."),
            entry("kafka.security.protocol", "SASL_SSL"),
            entry("model.k", "32"),
            entry("model.half.life", "12h"),
            entry("batch.size", "256"));
    assertThat(pipeline.options(Service.SIDECAR))
        .containsEntry("topic.partitions", "8")
        .containsEntry("model.alias", "canary")
        .containsEntry("ledger.retention.days", "30")
        .containsEntry("threads", "2")
        .doesNotContainKey("model.k");
    assertThat(pipeline.options(Service.REGISTRY))
        .containsEntry("http.port", "9000")
        .containsEntry("promotion.policy", "manual")
        .doesNotContainKey("topic.partitions");
  }

  @Test
  void shouldNeedNoMoreThanAName() throws IOException {
    Pipeline pipeline = read("{apiVersion: shoal/v1, kind: Pipeline, name: cards}");

    assertThat(pipeline.hasKafka()).isFalse();
    assertThat(pipeline.features()).isEmpty();
    assertThat(pipeline.options(Service.SIDECAR)).containsOnly(entry("topic.prefix", "cards."));
  }

  @Test
  void shouldFindTheFeatureSetBesideTheFile() throws IOException {
    Files.copy(Path.of("../../docs/examples/orders.yaml"), folder.resolve("orders.yaml"));

    Pipeline pipeline = read(VALID + "features: orders.yaml\n");

    assertThat(pipeline.features()).contains(folder.resolve("orders.yaml"));
    assertThat(pipeline.options(Service.TRAINER))
        .containsEntry("features.file", folder.resolve("orders.yaml").toString());
  }

  @Test
  void shouldTakeSecretsFromWhereTheyStand() throws IOException {
    Files.writeString(folder.resolve("password"), "s3cret\n");
    Pipeline pipeline =
        read(
            VALID.replace(
                "http.port: 9000", "jdbc.password: '${directory:" + folder + ":password}'"));

    assertThat(pipeline.options(Service.REGISTRY).get("jdbc.password")).startsWith("${directory:");
    assertThat(pipeline.resolved(Service.REGISTRY).get("jdbc.password")).startsWith("s3cret");
  }

  @Test
  void shouldSayWhichReferenceLeadsNowhere() throws IOException {
    Pipeline pipeline =
        read(VALID.replace("http.port: 9000", "jdbc.password: '${env:SHOAL_NO_SUCH_VARIABLE}'"));

    assertThatThrownBy(() -> pipeline.resolved(Service.REGISTRY))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "jdbc.password refers to ${env:SHOAL_NO_SUCH_VARIABLE}, which is not there; set the"
                + " environment variable SHOAL_NO_SUCH_VARIABLE");
  }

  @Test
  void shouldAcceptTheExample() {
    Pipeline example = Pipeline.read(Path.of("../../docs/examples/pipeline.yaml"));

    assertThat(example.options(Service.TRAINER)).containsEntry("model.k", "128");
  }

  @Test
  void shouldAcceptTheCompositions() {
    Pipeline composed = Pipeline.read(Path.of("../compose/pipeline.yaml"));

    assertThat(composed.hasKafka()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          name: cards              | name: Cards           | 3:7: 'name' must be lower-case letters, digits and -, starting with a letter, 40 at most
          name: cards              | nam: cards            | 3:1: unknown field 'nam'; did you mean 'name'?
          kind: Pipeline           | kind: Pipelin         | 2:7: 'kind' must be as in apiVersion: shoal/v1, kind: Pipeline
          k: 32                    | kk: 32                | 9:9: unknown field 'kk'; did you mean 'k'?
          k: 32                    | label.maturity.days: 3 | 9:9: unknown field 'label.maturity.days'; it belongs into 'labels'
          k: 32                    | k: many               | 9:12: 'k' must be integer, here it is string
          k: 32                    | k: 5000               | 9:12: 'k' must have a maximum value of 4096
          half.life: 12h           | half.life: soon       | 9:27: model.half.life
          promotion.policy: manual | promotion.policy: manul | 13:47: "manul" is none of automatic, approval, manual; did you mean 'manual'?
          http.port: 9000          | jdbc.password: abc    | 13:27: 'jdbc.password' must be
          security.protocol: SASL_SSL | sasl.jaas.config: abc | 8:21: 'sasl.jaas.config' is a secret: refer to it by ${env:NAME}
          max: 4                   | max: 9                | 14:24: 9 sidecars cannot share 8 partitions; raise kafka's topic.partitions or lower max
          min: 1                   | min: 5                | 14:24: max 4 is below min 5
          training: {batch.size: 256} | features: none.yaml | 10:11: cannot read the feature set
          """)
  void shouldSayWhatIsWrongAndWhere(String right, String wrong, String message) {
    assertThatThrownBy(() -> read(VALID.replace(right, wrong)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(folder.resolve("pipeline.yaml") + ":" + message);
  }

  private Pipeline read(String text) throws IOException {
    return Pipeline.read(Files.writeString(folder.resolve("pipeline.yaml"), text));
  }
}
