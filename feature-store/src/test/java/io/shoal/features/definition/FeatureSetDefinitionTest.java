package io.shoal.features.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import io.shoal.features.FeatureSet;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureSetDefinitionTest {
  private static final String SET =
      """
      name: orders
      source: {topic: orders, id: order_id, event_time: at, event_time_unit: seconds}
      entities:
        buyer: {key: buyer_id}
        shop: {key: shop.id, hop: 1d}
      aggregates:
        buyer_sum: {entity: buyer, function: sum, of: {field: total}, windows: [1h, 7d]}
        buyer_std: {entity: buyer, function: std, of: {log1p: {field: total}}, windows: [7d]}
        shop_bad: {entity: shop, function: rate, over: labels, windows: [90d], delay: 14d}
      values:
        big: {clip: {of: buyer_sum_7d, min: 0, max: 1000}}
      features:
        - {name: total, value: {field: total}, resolution: 1}
        - {windows_of: buyer_sum, resolution: 1}
        - {name: shop_bad_90d, missing: -1, resolution: 0.01}
        - {name: ratio, value: {ratio: {of: total, to: big, floor: 1}}, resolution: 0.1}
      """;

  @Test
  void shouldReadASetAndResolveItsNames() {
    FeatureSetDefinition set = FeatureSetDefinition.parse(SET, "orders.yaml");

    assertThat(set.features())
        .extracting(FeatureSetDefinition.Feature::name)
        .containsExactly("total", "buyer_sum_1h", "buyer_sum_7d", "shop_bad_90d", "ratio");
    assertThat(set.features().get(4).value().canonical())
        .isEqualTo(
            "RATIO(field(total), CLIP(SUM(buyer, events, field(total), window PT168H, delay PT0S,"
                + " hop PT1H), 0.0, 1000.0), 1.0, 0.0)");
    assertThat(set.features().get(3).value().canonical())
        .isEqualTo("RATE(shop, labels, -, window PT2160H, delay PT336H, hop PT24H)");
    assertThat(set.source().subject()).isEqualTo("orders-value");
    assertThat(set.source().timeUnit().toMillis(12)).isEqualTo(12_000);
    assertThat(set.modelFeatures()).hasSize(5);
  }

  /** Each row: what stands in the set, what is put there instead, and the line that is said. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          delay: 14d              | dealy: 14d               | 9:74: unknown field 'dealy'; did you mean 'delay'?
          name: orders            | nam: orders              | 1:1: unknown field 'nam'; did you mean 'name'?
          name: orders            | nam: orders              | 1:1: 'name' is missing
          {clip: {of: buyer_sum_7 | {clip: {to: buyer_sum_7  | 11:16: unknown field 'to'; did you mean 'of'?
          {log1p: {field: total}} | {lg1p: {field: total}}   | 8:50: unknown field 'lg1p'; did you mean 'log1p'?
          {log1p: {field: total}} | [1]                      | 8:49: 'of' must be number or string or object, here it is array
          {log1p: {field: total}} | {}                       | 8:49: 'of' must name exactly one transform
          {log1p: {field: total}} | buyer_sum_1h             | 8:49: an aggregate is of the record alone; write {field: NAME} instead of 'buyer_sum_1h'
          {log1p: {field: total}} | {since_last: buyer}      | 8:49: an aggregate is of the record alone, without since_last
          function: rate          | function: rat            | 9:38: "rat" is none of count, sum, mean, std, min, max, distinct, first_seen, rate; did you mean 'rate'?
          function: rate          | function: sum            | 9:38: over labels there are count and rate, no sum
          function: rate          | function: sum            | 9:13: sum needs 'of', what it is of
          function: std           | function: count          | 8:51: count has no 'of': it is of events
          function: std           | function: distinct       | 8:54: distinct is of a field: {field: NAME}
          missing: -1             | missing: none            | 15:35: 'missing' must be number, here it is string
          windows: [90d]          | windows: [91d]           | 9:68: windows are 90d at most
          windows: [90d]          | windows: [2h]            | 9:68: the window is shorter than its hop of 1d; declare a smaller hop
          hop: 1d                 | hop: 1m                  | 9:68: window and delay are more than 20,000 hops of 1m; declare a larger hop
          windows: [90d]          | windows: [90]            | 9:68: each of 'windows' must be string, here it is number
          entity: shop,           | entity: shopp,           | 9:22: unknown entity 'shopp'; did you mean 'shop'?
          of: buyer_sum_7d,       | of: buyer_sum_8d,        | 11:20: unknown name 'buyer_sum_8d'; did you mean 'buyer_sum_7d'? (a field of the record is {field: NAME})
          of: buyer_sum_7d,       | of: ratio,               | 11:20: a cycle: ratio -> big -> ratio
          min: 0, max: 1000       | min: 2, max: 1           | 11:15: min 2.0 is above max 1.0
          windows_of: buyer_sum   | windows_of: buyer_sun    | 14:18: unknown aggregate 'buyer_sun'; did you mean 'buyer_sum'?
          windows_of: buyer_sum   | windows: buyer_sum       | 14:5: each of 'features' needs either 'name' or 'windows_of'
          resolution: 0.01        | resolution: 0            | 15:51: 'resolution' must have an exclusive minimum value of 0
          {field: total}, resolut | {hour: {zone: Europe/Berln}}, resolut | 13:40: unknown time zone 'Europe/Berln'; did you mean 'Europe/Berlin'?
          {field: total}, resolut | {hash: {field: a, buckets: 4, bucket: 4}}, resolut | 13:64: bucket 4 is not one of 0 to 3
          {field: total}, resolut | {since_last: byer}, resolut | 13:39: unknown entity 'byer'; did you mean 'buyer'?
          name: ratio             | name: total              | 16:26: 'total' is declared twice
          big:                    | buyer_sum_7d:            | 11:17: 'buyer_sum_7d' is declared twice
          values:                 | entities:                | 10:1: 'entities' stands here twice
          name: orders            | name: [orders            | 2:7: expected ',' or ']', but got :
          """)
  void shouldSayInOneLineWhatIsWrongAndWhere(String there, String instead, String line) {
    assertThat(SET).contains(there);
    String broken = SET.replace(there, instead);

    assertThatThrownBy(() -> FeatureSetDefinition.parse(broken, "orders.yaml"))
        .isInstanceOf(ConfigException.class)
        .satisfies(
            e ->
                assertThat(e.getMessage().lines())
                    .anyMatch(l -> l.startsWith("orders.yaml:" + line)));
  }

  @Test
  void shouldSayAllThatIsWrongInTheOrderOfTheFile() {
    String broken = SET.replace("hop: 1d", "hop: daily").replace("of: total", "of: [total]");

    assertThatThrownBy(() -> FeatureSetDefinition.parse(broken, "o.yaml"))
        .hasMessageMatching(
            "o.yaml:5:29: 'hop' must be a duration such as 30m, 12h or 7d\no.yaml:16:39: 'of' must be .*");
  }

  @Test
  void shouldRefuseWhatIsNoSetAtAll() {
    assertThatThrownBy(() -> FeatureSetDefinition.parse("", "o.yaml"))
        .hasMessage("o.yaml:1:1: the file must be object, here it is null");
    assertThatThrownBy(() -> FeatureSetDefinition.parse("a: &a [*a]", "o.yaml"))
        .hasMessageContaining("an anchor that holds itself");
  }

  @Test
  void shouldSayWhichFileCannotBeRead(@TempDir Path folder) throws Exception {
    assertThatThrownBy(() -> FeatureSetDefinition.read(folder.resolve("none.yaml")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("none.yaml");
    Path file = Files.writeString(folder.resolve("orders.yaml"), SET);
    assertThat(FeatureSetDefinition.read(file).name()).isEqualTo("orders");
  }

  @Test
  void shouldKeepTheFingerprintWhereNoNumberChanges() {
    String fingerprint = fingerprint(SET);

    assertThat(fingerprint).matches("[0-9a-f]{16}");
    assertThat(fingerprint(SET.replace("big", "huge"))).isEqualTo(fingerprint);
    assertThat(fingerprint(SET.replace("topic: orders", "topic: sales"))).isEqualTo(fingerprint);
    assertThat(fingerprint(SET.replace("resolution: 0.01", "resolution: 5")))
        .isEqualTo(fingerprint);
    assertThat(fingerprint("# a remark\n" + SET)).isEqualTo(fingerprint);
  }

  @ParameterizedTest
  @CsvSource({
    "max: 1000, max: 1001",
    "hop: 1d, hop: 2h",
    "delay: 14d, delay: 13d",
    "missing: -1, missing: 0",
    "function: std, function: mean",
    "buyer_id, customer_id"
  })
  void shouldChangeTheFingerprintWithTheNumbers(String there, String instead) {
    boolean unused = instead.contains("mean");
    assertThat(fingerprint(SET.replace(there, instead)).equals(fingerprint(SET))).isEqualTo(unused);
  }

  private static String fingerprint(String set) {
    return new FeatureSet(FeatureSetDefinition.parse(set, "orders.yaml")).fingerprint();
  }
}
