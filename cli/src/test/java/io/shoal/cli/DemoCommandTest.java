package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import io.shoal.local.demo.DemoOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DemoCommandTest {
  @TempDir private Path folder;

  @Test
  void shouldHaveTheseDefaults() {
    DemoOptions options = parse();
    assertThat(options)
        .isEqualTo(DemoOptions.defaults(CacheFolder.of("demo")))
        .returns(1_000.0, DemoOptions::rate)
        .returns(Duration.ofDays(7), DemoOptions::labelDelay)
        .returns(DemoOptions.NO_LIMIT, DemoOptions::limit)
        .returns("auto", DemoOptions::kernel)
        .returns(0, DemoOptions::portBase);
  }

  @Test
  void shouldReplayFilesAsFastAsItCan() throws Exception {
    Path file = Files.createFile(folder.resolve("t.csv"));
    assertThat(parse("--transactions", file.toString()))
        .returns(file, DemoOptions::transactions)
        .returns(DemoOptions.MAX_RATE, DemoOptions::rate);
    assertThat(parse("--transactions", file.toString(), "--rate", "50").rate()).isEqualTo(50);
  }

  @Test
  void shouldReadEveryOption() {
    Path predictions = folder.resolve("p.csv");
    Path data = folder.resolve("data");
    DemoOptions options =
        parse(
            ("--limit 20 --rate max --label-delay 12h --headless --kernel scalar --port-base 19092"
                    + " --fresh --seed 7 --predictions "
                    + predictions
                    + " --data-dir "
                    + data)
                .split(" "));
    assertThat(options)
        .isEqualTo(
            DemoOptions.builder(data)
                .limit(20)
                .rate(DemoOptions.MAX_RATE)
                .labelDelay(Duration.ofHours(12))
                .headless(true)
                .kernel("scalar")
                .portBase(19_092)
                .fresh(true)
                .seed(7)
                .predictions(predictions)
                .build());
  }

  @Test
  void shouldRefuseDurationWithoutUnit() {
    assertThatThrownBy(() -> parse("--label-delay", "7"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("as in 7d");
  }

  private static DemoOptions parse(String... arguments) {
    DemoCommand command = new DemoCommand();
    new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments);
    return command.options();
  }
}
