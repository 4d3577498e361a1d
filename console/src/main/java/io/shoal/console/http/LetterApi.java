package io.shoal.console.http;

import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import com.linecorp.armeria.server.annotation.ProducesJson;
import io.shoal.console.store.Letters;
import io.shoal.console.store.Letters.Letter;
import io.shoal.console.stream.AvroFields;
import io.shoal.console.stream.Retries;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.registry.server.store.RegistryException.Code;
import io.shoal.schemas.GenericAvroDeserializer;
import io.shoal.schemas.SchemaRegistryUnavailableException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Dead letters: what they hold as far as it can be read, and another try. */
@ProducesJson
public final class LetterApi {
  private static final Logger log = LoggerFactory.getLogger(LetterApi.class);
  private static final int PAGE_MAX = 100;
  private static final int SHOWN_BYTES = 2_048;

  private final Letters letters;
  private final GenericAvroDeserializer avro;
  private final Retries retries;
  private final Clock clock;

  /** The API over these. */
  public LetterApi(Letters letters, GenericAvroDeserializer avro, Retries retries, Clock clock) {
    this.letters = letters;
    this.avro = avro;
    this.retries = retries;
    this.clock = clock;
  }

  /**
   * Bytes, decoded as far as possible.
   *
   * @param fields of an Avro record; null when they are none
   * @param text as UTF-8; null when they are none
   * @param hex of the first of them
   */
  record Decoded(
      int bytes, @Nullable Map<String, Object> fields, @Nullable String text, String hex) {}

  /** A dead letter as it is shown. */
  record View(
      long id,
      long at,
      String reason,
      String message,
      String exception,
      String source,
      int partition,
      long offset,
      boolean truncated,
      boolean retryable,
      @Nullable Long retriedAt,
      @Nullable String retriedBy,
      @Nullable Decoded key,
      @Nullable Decoded value) {}

  /** Who wants another try. */
  record Retry(@Nullable String by) {}

  @Get("/dead-letters")
  public List<View> page(
      @Param @Default("") String reason,
      @Param @Default(Inputs.NEWEST) long before,
      @Param @Default("20") int limit) {
    return letters.page(reason, before, Inputs.within("limit", limit, 1, PAGE_MAX)).stream()
        .map(this::view)
        .toList();
  }

  @Get("/dead-letters/reasons")
  public List<Letters.Reason> reasons() {
    return letters.reasons();
  }

  /** Sends the original record to its topic again, as it was. */
  @Post("/dead-letters/{id}/retry")
  public View retry(ServiceRequestContext context, @Param long id, Retry body) {
    String by = Inputs.by(context, body.by());
    Letter letter = find(id);
    retries.send(letter);
    letters.retried(id, clock.millis(), by);
    log.info("{} sent dead letter {} to {} again", by, id, letter.source());
    return view(find(id));
  }

  private Letter find(long id) {
    return letters
        .find(id)
        .orElseThrow(
            () ->
                new RegistryException(
                    Code.RESOURCE_DOES_NOT_EXIST, "dead letter " + id + " is not kept any more"));
  }

  private View view(Letter letter) {
    return new View(
        letter.id(),
        letter.at(),
        letter.reason(),
        letter.message(),
        letter.exception(),
        letter.source(),
        letter.partition(),
        letter.offset(),
        letter.truncated(),
        letter.value() != null && retries.may(letter.source()),
        letter.retriedAt(),
        letter.retriedBy(),
        decoded(letter.key(), letter.source()),
        decoded(letter.value(), letter.source()));
  }

  private @Nullable Decoded decoded(byte @Nullable [] bytes, String topic) {
    if (bytes == null) {
      return null;
    }
    byte[] shown = Arrays.copyOf(bytes, Math.min(bytes.length, SHOWN_BYTES));
    return new Decoded(
        bytes.length,
        fields(bytes, topic),
        text(shown),
        HexFormat.ofDelimiter(" ").formatHex(shown));
  }

  private @Nullable Map<String, Object> fields(byte[] bytes, String topic) {
    try {
      return AvroFields.of(avro, topic, bytes);
    } catch (SchemaRegistryUnavailableException e) {
      return null;
    }
  }

  /** The text, when it is one: UTF-8 without control characters. */
  private static @Nullable String text(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      boolean readable =
          text.chars().allMatch(c -> c >= ' ' || c == '\n' || c == '\t' || c == '\r');
      return readable ? text : null;
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
