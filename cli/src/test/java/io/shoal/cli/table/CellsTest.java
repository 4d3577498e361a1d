package io.shoal.cli.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CellsTest {
  private static final long MS = Instant.parse("2024-05-06T10:00:00Z").toEpochMilli();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2024-05-06T10:00:00Z",
        "2024-05-06T12:00:00+02:00",
        "2024-05-06 10:00:00",
        "2024-05-06T10:00",
        "1714989600",
        "1714989600000"
      })
  void shouldReadTimesInTheirForms(String cell) {
    assertThat(Cells.time(cell)).contains(MS);
  }

  @Test
  void shouldTakeADateForItsBeginning() {
    assertThat(Cells.time("2024-05-06")).contains(MS - 10 * 3_600_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yesterday", "06.05.2024", "2024-13-01", "12", "99999999999999999"})
  void shouldSayWhatIsNoTime(String cell) {
    assertThat(Cells.time(cell)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1,5", "1d", "NaN", "Infinity", "1e999", "0x10", "-"})
  void shouldSayWhatIsNoNumber(String cell) {
    assertThat(Cells.number(cell)).isEmpty();
  }

  @Test
  void shouldReadNumbersAndFlags() {
    assertThat(Cells.number("-1.5e3")).contains(-1_500.0);
    assertThat(Cells.flag("Yes")).contains(true);
    assertThat(Cells.flag("0")).contains(false);
    assertThat(Cells.flag("2")).isEmpty();
    assertThat(Cells.isWhole("-12")).isTrue();
    assertThat(Cells.isWhole("1234567890123456789")).isFalse();
  }
}
