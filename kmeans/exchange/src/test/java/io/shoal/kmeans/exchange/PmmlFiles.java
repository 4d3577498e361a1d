package io.shoal.kmeans.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** PMML as text. */
final class PmmlFiles {
  private PmmlFiles() {}

  /** A file of another system, from the test's resources. */
  static String foreign(String name) {
    try (InputStream in = PmmlFiles.class.getResourceAsStream("/pmml/" + name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] bytes(String file) {
    return file.getBytes(UTF_8);
  }

  static String write(NamedModel named) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      PmmlModels.write(named, out);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toString(UTF_8);
  }

  static NamedModel read(String file) {
    try {
      return PmmlModels.read(new ByteArrayInputStream(bytes(file)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static void assertRefused(String file, String message) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(InvalidModelFileException.class)
        .hasMessageContaining(message);
  }
}
