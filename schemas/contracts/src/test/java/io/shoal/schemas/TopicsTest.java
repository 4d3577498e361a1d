package io.shoal.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

class TopicsTest {
  @Test
  void shouldPutThePrefixBeforeEveryName() {
    assertThat(new Topics("eu.").all(4, (short) 1))
        .hasSize(14)
        .extracting(NewTopic::name)
        .doesNotHaveDuplicates()
        .allMatch(name -> name.startsWith("eu."));
  }

  @Test
  void shouldCompactWhatHoldsCurrentState() {
    assertThat(new Topics("").all(4, (short) 1))
        .filteredOn(topic -> "compact".equals(topic.configs().get("cleanup.policy")))
        .extracting(NewTopic::name)
        .containsExactlyInAnyOrder("models", "takeovers");
  }

  @Test
  void shouldRefuseAPrefixThatKafkaWouldRefuse() {
    assertThatThrownBy(() -> new Topics("eu/"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'eu/'");
  }
}
