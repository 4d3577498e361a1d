package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.apache.logging.log4j.util.SortedArrayStringMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogFormatTest {
  private static final String FORMAT = "shoal.log.format";

  @AfterEach
  void clear() {
    System.clearProperty(FORMAT);
  }

  @Test
  void shouldWriteOneJsonObjectALineWithWhatALineConcerns() throws Exception {
    String line = written("json");

    assertThat(line.strip()).doesNotContain("\n");
    JsonNode event = new ObjectMapper().readTree(line);
    assertThat(event.get("message").asText()).isEqualTo("scoring with default/champion version 7");
    assertThat(event.get("log.level").asText()).isEqualTo("INFO");
    assertThat(event.get("log.logger").asText()).isEqualTo("io.shoal.serving.ModelCache");
    assertThat(event.toString()).contains("\"model.version\":\"7\"");
  }

  @Test
  void shouldWriteTextUnlessAskedForJson() throws Exception {
    assertThat(written("text"))
        .contains("INFO")
        .endsWith("scoring with default/champion version 7\n");
  }

  /** One event in the form of the root logger's appender. */
  private static String written(String format) throws IOException, URISyntaxException {
    System.setProperty(FORMAT, format);
    try (LoggerContext context =
        Configurator.initialize(
            "test-" + format,
            LogFormatTest.class.getClassLoader(),
            LogFormatTest.class.getResource("/log4j2.properties").toURI())) {
      SortedArrayStringMap concerns = new SortedArrayStringMap();
      concerns.putValue("model.version", "7");
      LogEvent event =
          Log4jLogEvent.newBuilder()
              .setLoggerName("io.shoal.serving.ModelCache")
              .setLevel(Level.INFO)
              .setMessage(new SimpleMessage("scoring with default/champion version 7"))
              .setContextData(concerns)
              .build();
      return context
          .getConfiguration()
          .getRootLogger()
          .getAppenders()
          .values()
          .iterator()
          .next()
          .getLayout()
          .toSerializable(event)
          .toString();
    }
  }
}
