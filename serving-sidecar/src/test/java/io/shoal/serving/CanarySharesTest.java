package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CanarySharesTest {
  private static final int ENTITIES = 20_000;

  @Test
  void shouldGiveEachCanaryItsShareOfTheEntities() {
    CanaryShares shares = CanaryShares.parse(List.of("canary:0.05", "other: 0.2"));

    assertThat(share(shares, 0)).isCloseTo(0.05, within(0.006));
    assertThat(share(shares, 1)).isCloseTo(0.2, within(0.01));
    assertThat(share(shares, -1)).isCloseTo(0.75, within(0.01));
  }

  @Test
  void shouldKeepAnEntityWhereItIsWhenTheShareGrows() {
    CanaryShares small = CanaryShares.parse(List.of("canary:0.05"));
    CanaryShares large = CanaryShares.parse(List.of("canary:0.5"));

    assertThat(IntStream.range(0, ENTITIES).mapToObj(i -> "c-" + i))
        .filteredOn(key -> small.of(key) == 0)
        .isNotEmpty()
        .allMatch(key -> large.of(key) == 0);
  }

  @Test
  void shouldSpreadKeysThatDifferInTheLastCharacterAlone() {
    // The same in every version of Shoal: entities must not move with an upgrade.
    assertThat(CanaryShares.position("c-1")).isEqualTo(0.5834821918777037);
    assertThat(CanaryShares.position("c-1"))
        .isNotCloseTo(CanaryShares.position("c-2"), within(0.001));
    assertThat(CanaryShares.position("")).isBetween(0.0, 1.0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"canary", "canary:", "canary:0", "canary:1.1", ":0.1", "canary:x", "a:b:c"})
  void shouldRefuseWhatIsNoShare(String option) {
    assertThatThrownBy(() -> CanaryShares.parse(List.of(option)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("such as canary:0.05");
  }

  @Test
  void shouldRefuseMoreThanAllAndOneAliasTwice() {
    assertThatThrownBy(() -> CanaryShares.parse(List.of("a:0.6", "b:0.6")))
        .hasMessageContaining("more than 1");
    assertThatThrownBy(() -> CanaryShares.parse(List.of("a:0.1", "a:0.1")))
        .hasMessageContaining("two shares");
    assertThat(CanaryShares.parse(List.of("a:0.9", "b:0.1")).of("c-1")).isZero();
  }

  private static double share(CanaryShares shares, int canary) {
    return IntStream.range(0, ENTITIES).filter(i -> shares.of("c-" + i) == canary).count()
        / (double) ENTITIES;
  }
}
