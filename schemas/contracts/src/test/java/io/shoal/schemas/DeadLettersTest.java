package io.shoal.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.schemas.avro.DeadLetter;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeadLettersTest {
  @Test
  void shouldLeaveALetterThatFits() {
    DeadLetter letter =
        letter("bad", new byte[1_000], new byte[DeadLetters.ORIGINAL_BYTES_MAX - 2_000]);

    assertThat(DeadLetters.bounded(letter)).isSameAs(letter);
  }

  @Test
  void shouldSayWhereAnOriginalLiesThatIsTooLarge() {
    DeadLetter letter =
        letter("bad", new byte[1_000], new byte[DeadLetters.ORIGINAL_BYTES_MAX - 1_999]);

    DeadLetter bounded = DeadLetters.bounded(letter);

    assertThat(bounded.getMessage())
        .isEqualTo(
            "bad (a key of 1,000 and a value of 998,001 bytes, too large for a letter: read them at transactions-3@17)");
    assertThat(bounded.getKey()).isNull();
    assertThat(bounded.getValue()).isNull();
    assertThat(bounded.getReason()).isEqualTo(letter.getReason());
    assertThat(letter.getValue()).isNotNull();
  }

  @Test
  void shouldCutAMessageThatCitesTooMuch() {
    DeadLetter letter = letter("x".repeat(DeadLetters.MESSAGE_LENGTH_MAX + 1), null, new byte[1]);

    DeadLetter bounded = DeadLetters.bounded(letter);

    assertThat(bounded.getMessage()).hasSize(DeadLetters.MESSAGE_LENGTH_MAX + 3).endsWith("x...");
    assertThat(bounded.getValue()).isEqualTo(letter.getValue());
  }

  private static DeadLetter letter(String message, byte @Nullable [] key, byte[] value) {
    return new DeadLetter(
        "undecodable",
        message,
        null,
        "transactions",
        3,
        17L,
        Instant.EPOCH,
        key == null ? null : ByteBuffer.wrap(key),
        ByteBuffer.wrap(value));
  }
}
