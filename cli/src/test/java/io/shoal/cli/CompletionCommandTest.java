package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The scripts do in the real shells what Tab asks of them. A shell that is not here is skipped,
 * unless SHOAL_REQUIRE_SHELLS is true, as in CI.
 */
class CompletionCommandTest {
  @TempDir Path folder;

  @Test
  void shouldCompleteInBash() throws Exception {
    assertThat(inBash("shoal", "comp")).containsExactly("completion");
    assertThat(inBash("shoal", "start", "s")).containsExactly("sidecar");
    assertThat(inBash("shoal", "watch", "--from")).containsExactly("--from-beginning");
    assertThat(inBash("shoal", "deploy", "--target", "k")).containsExactly("kubernetes");
    assertThat(inBash("shoal", "completion", "")).contains("bash", "zsh", "fish");
  }

  @Test
  void shouldCompleteInZsh() throws Exception {
    // A terminal of zsh's own, in which the keys are pressed.
    String press =
        """
        zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell "PS1=; source '%s'; setopt LIST_ROWS_FIRST; print READY"
        zpty -r shell line '*READY*READY*'
        zpty -w -n shell $'shoal start sid\\t'
        zpty -r shell line '*sidecar*' && print completed
        zpty -d shell
        """
            .formatted(script("zsh"));

    assertThat(run("zsh", "-f", "-c", press)).contains("completed");
  }

  @Test
  void shouldCompleteInFish() throws Exception {
    assertThat(inFish("shoal comp")).containsExactly("completion");
    assertThat(inFish("shoal start ")).contains("registry", "trainer", "sidecar");
    assertThat(inFish("shoal start s")).containsExactly("sidecar");
    assertThat(inFish("shoal watch orders --from")).containsExactly("--from-beginning");
    assertThat(inFish("shoal deploy --target ")).containsExactlyInAnyOrder("local", "kubernetes");
    assertThat(inFish("shoal completion ")).contains("bash", "zsh", "fish");
  }

  private List<String> inBash(String... words) throws Exception {
    String ask =
        "compopt() { :; }; source %s; COMP_WORDS=(%s); COMP_CWORD=%d; _complete_shoal; printf '%%s\\n' \"${COMPREPLY[@]}\""
            .formatted(script("bash"), quoted(words), words.length - 1);
    return run("bash", "--norc", "-c", ask).lines().map(String::strip).toList();
  }

  private static String quoted(String... words) {
    return "'" + String.join("' '", words) + "'";
  }

  /** Fish tells what it would offer, with a description after a tab. */
  private List<String> inFish(String line) throws Exception {
    String ask = "source '%s'; complete -C '%s'".formatted(script("fish"), line);
    return run("fish", "--no-config", "-c", ask)
        .lines()
        .map(offer -> offer.split("\t", 2)[0])
        .toList();
  }

  private Path script(String shell) throws IOException {
    Cli completion = Cli.run("completion", shell);
    assertThat(completion.exitCode()).as(completion.err()).isZero();
    return Files.writeString(folder.resolve("shoal." + shell), completion.out());
  }

  private String run(String... command) throws Exception {
    Path answer = folder.resolve("answer");
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(answer.toFile())
              .start();
    } catch (IOException e) {
      assumeTrue(
          Boolean.parseBoolean(System.getenv("SHOAL_REQUIRE_SHELLS")),
          "no " + command[0] + " here; Debian's packages zsh and fish have them");
      throw e;
    }
    process.getOutputStream().close();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return Files.readString(answer, StandardCharsets.UTF_8);
  }
}
