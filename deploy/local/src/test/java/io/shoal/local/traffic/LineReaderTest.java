package io.shoal.local.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineReaderTest {
  private static final int CHARS_MAX = 8;

  @Test
  void shouldGiveSameLinesAsSplittingTheWholeText() throws IOException {
    Random random = new Random(1);
    for (int round = 0; round < 2_000; round++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(60);
      for (int i = 0; i < length; i++) {
        text.append(random.nextInt(5) == 0 ? '\n' : (char) ('a' + random.nextInt(26)));
      }
      assertThat(read(text.toString())).as("%s", text).isEqualTo(expected(text.toString()));
    }
  }

  @Test
  void shouldTakeCarriageReturnForPartOfTheLineEnd() throws IOException {
    assertThat(read("ab\r\nc\rd\r\n\r\n")).containsExactly("ab", "c\rd", "");
  }

  private static List<String> read(String text) throws IOException {
    List<String> lines = new ArrayList<>();
    try (LineReader reader = new LineReader(new StringReader(text), CHARS_MAX)) {
      while (reader.next()) {
        lines.add(reader.line());
        assertThat(reader.number()).isEqualTo(lines.size());
        if (reader.isCut()) {
          reader.skipRest();
        }
      }
    }
    return lines;
  }

  private static List<String> expected(String text) {
    List<String> lines = new ArrayList<>();
    for (String line : text.lines().toList()) {
      lines.add(line.substring(0, Math.min(CHARS_MAX, line.length())));
    }
    return lines;
  }
}
