package io.shoal.local.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whoever is woken by an alert finds what to do. */
class RunbookTest {
  private static final Path RULES = Path.of("../prometheus/shoal.rules.yml");

  @Test
  void shouldHaveAnEntryForEachAlertAndNoOther() throws IOException {
    String runbook = Files.readString(Path.of("../../docs/runbook.md"));
    List<String> alerts = found("- alert: (\\w+)", Files.readString(RULES));

    assertThat(found("(?m)^## (\\w+)$", runbook)).isEqualTo(alerts).isNotEmpty();
    for (String entry : runbook.split("(?m)^## ", -1)) {
      if (entry.startsWith("Shoal")) {
        assertThat(entry).contains("Symptom:", "Cause:", "\n\n    ");
      }
    }
  }

  @Test
  void shouldLeadFromEachAlertToItsEntry() throws IOException {
    String rules = Files.readString(RULES);

    assertThat(found("runbook: docs/runbook.md#(\\w+)", rules))
        .isEqualTo(
            found("- alert: (\\w+)", rules).stream().map(a -> a.toLowerCase(Locale.ROOT)).toList());
  }

  @Test
  void shouldHaveTheSameRulesInTheChart() throws IOException {
    assertThat(Path.of("../helm/shoal/files/shoal.rules.yml")).hasSameTextualContentAs(RULES);
  }

  private static List<String> found(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(m -> m.group(1)).toList();
  }
}
