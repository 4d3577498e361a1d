package io.shoal.local.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DemoOptionsTest {
  @TempDir Path dir;

  @Test
  void shouldHaveTheseDefaults() {
    assertThat(DemoOptions.defaults(dir))
        .isEqualTo(
            new DemoOptions(
                null,
                Long.MAX_VALUE,
                1_000,
                Duration.ofDays(7),
                null,
                false,
                "auto",
                0,
                dir,
                false,
                42));
  }

  @Test
  void shouldTakeEveryOption() throws IOException {
    Path file = Files.createFile(dir.resolve("in.csv"));
    DemoOptions options =
        DemoOptions.builder(dir)
            .transactions(file)
            .limit(10)
            .rate(DemoOptions.MAX_RATE)
            .labelDelay(Duration.ofHours(1))
            .predictions(dir.resolve("out.csv"))
            .headless(true)
            .kernel("simd")
            .portBase(9_000)
            .fresh(true)
            .seed(7)
            .build();
    assertThat(options)
        .isEqualTo(
            new DemoOptions(
                file,
                10,
                Double.POSITIVE_INFINITY,
                Duration.ofHours(1),
                dir.resolve("out.csv"),
                true,
                "simd",
                9_000,
                dir,
                true,
                7));
  }

  @Test
  void shouldSayWhatToDoAboutBadValues() throws IOException {
    DemoOptions.Builder builder = DemoOptions.builder(dir);
    refuses(DemoOptions.builder(dir).limit(0), "--limit 0: must be at least 1");
    refuses(DemoOptions.builder(dir).rate(0), "--rate 0.0: must be at least 0.001 per second");
    refuses(DemoOptions.builder(dir).rate(Double.NaN), "--rate NaN");
    refuses(DemoOptions.builder(dir).labelDelay(Duration.ofDays(366)), "must be within 0s..365d");
    refuses(DemoOptions.builder(dir).kernel("smid"), "--kernel smid: did you mean 'simd'?");
    refuses(DemoOptions.builder(dir).kernel("cuda-13"), "choose one of auto, simd, scalar, opencl");
    refuses(DemoOptions.builder(dir).portBase(80), "--port-base 80: must be within 1024..65000");
    refuses(DemoOptions.builder(dir).transactions(dir.resolve("none.csv")), "none.csv: no such");
    refuses(builder.transactions(dir), "is a folder; pass a .csv or .csv.gz file");
    Path file = Files.createFile(dir.resolve("in.csv"));
    refuses(
        DemoOptions.builder(dir).transactions(file).predictions(dir.resolve("x/../in.csv")),
        "would overwrite the transactions");
  }

  @Test
  void shouldReadRates() {
    assertThat(DemoOptions.parseRate("MAX")).isEqualTo(DemoOptions.MAX_RATE);
    assertThat(DemoOptions.parseRate("2500.5")).isEqualTo(2500.5);
    assertThatThrownBy(() -> DemoOptions.parseRate("fast"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("--rate fast: pass transactions per second, for instance 1000, or 'max'");
  }

  @ParameterizedTest
  @CsvSource({"7d,604800000", "12h,43200000", "30m,1800000", "10s,10000", "500ms,500", "0s,0"})
  void shouldReadDelays(String text, long milliseconds) {
    assertThat(DemoOptions.parseDelay(text)).isEqualTo(Duration.ofMillis(milliseconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "d", "-7d", "7 d", "7w", "1.5d", "99999999999d"})
  void shouldRefuseOtherDelays(String text) {
    assertThatThrownBy(() -> DemoOptions.parseDelay(text))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("as in 7d");
  }

  @Test
  void shouldCheckFilesBeforeAnythingIsStarted() throws IOException {
    Path file = Files.writeString(dir.resolve("in.csv"), "a,b\n");
    DemoOptions noColumns = DemoOptions.builder(dir).transactions(file).build();
    assertThatThrownBy(() -> Demo.checkFiles(noColumns))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("lacks the columns");
    DemoOptions noFolder = DemoOptions.builder(dir).predictions(dir.resolve("no/out.csv")).build();
    assertThatThrownBy(() -> Demo.checkFiles(noFolder))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("the folder is missing");
    DemoOptions good = DemoOptions.builder(dir).predictions(dir.resolve("out.csv")).build();
    assertThatCode(() -> Demo.checkFiles(good)).doesNotThrowAnyException();
  }

  private static void refuses(DemoOptions.Builder builder, String message) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }
}
