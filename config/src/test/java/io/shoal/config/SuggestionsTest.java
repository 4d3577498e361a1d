package io.shoal.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SuggestionsTest {
  @Test
  void shouldCountInsertionsDeletionsAndSubstitutions() {
    assertThat(Suggestions.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(Suggestions.distance("", "abc")).isEqualTo(3);
    assertThat(Suggestions.distance("same", "same")).isZero();
  }

  @Test
  void shouldFindTheNearestWord() {
    assertThat(Suggestions.nearest("transactoins", List.of("predictions", "transactions")))
        .contains("transactions");
  }

  @Test
  void shouldSuggestNothingForAStranger() {
    assertThat(Suggestions.nearest("xyz", List.of("predictions", "transactions"))).isEmpty();
  }
}
