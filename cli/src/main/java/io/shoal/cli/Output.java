package io.shoal.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;

/** Forms of an answer: for people, or for programs. */
enum Output {
  TABLE,
  JSON,
  YAML;

  /** A document as text that ends in a line break. */
  String text(JsonNode document) {
    try {
      if (this == YAML) {
        YAMLFactory plain =
            YAMLFactory.builder()
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                .build();
        return new ObjectMapper(plain).writeValueAsString(document);
      }
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(document)
          + System.lineSeparator();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of text and numbers cannot be written", e);
    }
  }
}
