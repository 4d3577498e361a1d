package io.shoal.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Holds the published schema to the services' options. {@code -Dshoal.docs.write=true} writes it
 * anew.
 */
class PipelineSchemaTest {
  private static final Path FILE = Path.of("src/main/resources" + PipelineSchema.RESOURCE);

  @Test
  void shouldKnowEveryOption() throws IOException {
    String expected =
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(PipelineSchema.generate())
            + "\n";
    if (Boolean.getBoolean("shoal.docs.write")) {
      Files.writeString(FILE, expected);
    }

    assertThat(Files.readString(FILE))
        .as("%s; -Dshoal.docs.write=true writes it anew", FILE)
        .isEqualTo(expected);
  }
}
