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

  /** A pipeline file is the chart's values. */
  private static final Path VALUES = Path.of("../helm/shoal/values.schema.json");

  @Test
  void shouldKnowEveryOption() throws IOException {
    assertPublished(FILE);
  }

  @Test
  void shouldBeTheSchemaOfTheChartsValues() throws IOException {
    assertPublished(VALUES);
  }

  private static void assertPublished(Path file) throws IOException {
    String expected =
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(PipelineSchema.generate())
            + "\n";
    if (Boolean.getBoolean("shoal.docs.write")) {
      Files.writeString(file, expected);
    }

    assertThat(Files.readString(file))
        .as("%s; -Dshoal.docs.write=true writes it anew", file)
        .isEqualTo(expected);
  }
}
