package io.shoal.cli.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.cli.init.Questions.Given;
import io.shoal.config.ConfigException;
import io.shoal.features.FeatureSet;
import io.shoal.pipeline.Pipeline;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuestionsTest {
  private static final Given NOTHING = new Given(null, null, null, null, null, null);
  private static final String ORDERS =
      """
      OrderId,createdAt,BuyerId,merchant,Total,country,ItemCount,is_fraud
      1000000001,2024-05-06 10:00:00,b1,m1,20.5,DE,1,0
      1000000002,2024-05-06 10:05:00,b1,m2,7.25,FR,2,0
      1000000003,2024-05-06 11:00:00,b2,m1,350,DE,1,1
      1000000004,2024-05-06 12:00:00,b2,m1,19.9,DE,3,0
      """;

  @TempDir Path folder;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private List<Column> columns = List.of();

  @BeforeEach
  void readColumns() throws IOException {
    columns = Columns.ofCsv(Files.writeString(folder.resolve("orders.csv"), ORDERS));
  }

  @Test
  void shouldGuessWhatColumnsAre() {
    Roles roles = ask(null, NOTHING);

    assertThat(roles)
        .isEqualTo(
            new Roles(
                "OrderId",
                "createdAt",
                List.of("BuyerId", "merchant"),
                List.of("Total", "ItemCount"),
                List.of("country"),
                "is_fraud"));
    assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void shouldAskAgainWhereThereIsNoSuchColumn() {
    Roles roles = ask("\n\nbuyer\nmerchant\n-\n\n-\n", NOTHING);

    assertThat(roles.entities()).containsExactly("merchant");
    assertThat(roles.label()).isNull();
    assertThat(roles.categories()).isEmpty();
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("Column of the time [createdAt]: ")
        .contains("there is no column 'buyer'");
  }

  @Test
  void shouldLetOptionsOverruleGuesses() {
    Roles roles = ask(null, new Given("-", null, "merchant", "Total", "-", "-"));

    assertThat(roles)
        .isEqualTo(
            new Roles(null, "createdAt", List.of("merchant"), List.of("Total"), List.of(), null));
  }

  @Test
  void shouldSayWhatIsWrongWithOptions() {
    assertThatThrownBy(() -> ask(null, new Given(null, null, "merchnt", "country", "-", "Total")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("there is no column 'merchnt'; did you mean 'merchant'?")
        .hasMessageContaining("'country' is no number but text")
        .hasMessageContaining("'Total' is not true or false but number");
  }

  @Test
  void shouldNameTheOptionForWhatCannotBeGuessed() throws IOException {
    columns =
        Columns.ofCsv(Files.writeString(folder.resolve("a.csv"), "a,b\n1.5,x\n2.5,x\n3.5,y\n"));

    assertThatThrownBy(() -> ask(null, NOTHING))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("--time")
        .hasMessageContaining("there are a, b");
  }

  @Test
  void shouldWriteAPipelineThatIsRight() {
    Path file = draft(ask(null, NOTHING), null).write(folder.resolve("orders"), false);

    assertThat(Pipeline.read(file).name()).isEqualTo("orders");
    FeatureSet features = FeatureSet.load(folder.resolve("orders/features.yaml"));
    assertThat(features.modelFeatures())
        .contains("total", "total_to_usual", "buyer_events_1h", "buyer_country_1d")
        .contains("merchant_events_1h", "merchant_fraud_rate_7d");
    Schema schema = Columns.schema(folder.resolve("orders/orders.avsc"));
    assertThat(schema.getProp(PipelineDraft.LABEL_PROPERTY)).isEqualTo("is_fraud");
    assertThat(schema.getField("is_fraud")).as("known only later").isNull();
    assertThat(schema.getField("OrderId").schema().getType()).isEqualTo(Schema.Type.STRING);
    assertThatThrownBy(() -> draft(ask(null, NOTHING), null).write(folder.resolve("orders"), false))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("--force");
  }

  @Test
  void shouldTakeASchemaAsItIs() throws IOException {
    Schema schema = Columns.schema(Path.of("..", "docs", "examples", "order.avsc"));
    columns = Columns.ofSchema(schema);

    Roles roles = ask(null, NOTHING);
    draft(roles, schema).write(folder.resolve("orders"), false);

    assertThat(roles.idField()).isEqualTo("order_id");
    assertThat(roles.time()).isEqualTo("created_at");
    assertThat(roles.entities()).startsWith("buyer_id");
    assertThat(roles.numbers()).contains("total");
    assertThat(Columns.schema(folder.resolve("orders/orders.avsc"))).isEqualTo(schema);
  }

  private PipelineDraft draft(Roles roles, @Nullable Schema schema) {
    return new PipelineDraft("orders", "orders.csv", columns, roles, schema);
  }

  private Roles ask(@Nullable String answers, Given given) {
    BufferedReader person = answers == null ? null : new BufferedReader(new StringReader(answers));
    return new Questions(columns, person, new PrintStream(said, true, StandardCharsets.UTF_8))
        .roles(given);
  }
}
