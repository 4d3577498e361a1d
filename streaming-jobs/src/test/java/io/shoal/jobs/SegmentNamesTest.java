package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SegmentNamesTest {
  @Test
  void shouldPutAPlainSegmentBehindTheModel() {
    assertThat(SegmentNames.model("card-fraud", "5411")).isEqualTo("card-fraud.5411");
    assertThat(SegmentNames.model("card-fraud", "fuel_EU-1")).isEqualTo("card-fraud.fuel_EU-1");
  }

  @Test
  void shouldMakeANameThatTheRegistryTakesAndNoOtherSegmentHas() {
    Stream<String> odd =
        Stream.of("a/b", "a b", "a.b", "ä_b", "é", "x".repeat(65), "x".repeat(66), "a\n", "..");

    assertThat(odd.map(segment -> SegmentNames.model("m", segment)))
        .allMatch(name -> name.matches("m[.][A-Za-z0-9_-]{1,80}"))
        .doesNotHaveDuplicates();
  }
}
