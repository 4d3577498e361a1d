package io.shoal.cli;

import io.shoal.cli.completion.FishScript;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what makes a shell complete Shoal's words. */
@Command(
    name = "completion",
    description = {"Prints a script by which Tab completes verbs, options and their values.", ""},
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "  bash:  source <(./shoal completion bash)",
      "  zsh:   source <(./shoal completion zsh)",
      "  fish:  ./shoal completion fish | source",
      "",
      "The same line in ~/.bashrc, ~/.zshrc or ~/.config/fish/config.fish makes it last."
    })
final class CompletionCommand implements Runnable {
  private static final String PROGRAM = "shoal";
  private static final Pattern CONSTANTS = Pattern.compile("(?<=_args=\\()\"[^)]*(?=\\))");

  /** Shells that there are scripts for. */
  enum Shell {
    BASH,
    ZSH,
    FISH
  }

  @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
  private Shell shell = Shell.BASH;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    CommandLine root = Objects.requireNonNull(spec).root().commandLine();
    System.out.print(
        switch (shell) {
          case BASH -> bash(root);
          // Picocli's script is for both; zsh needs its completion, which a bare ~/.zshrc lacks.
          case ZSH -> "autoload -Uz compinit && compinit -u\n" + bash(root);
          case FISH -> FishScript.of(PROGRAM, root);
        });
  }

  /** Picocli offers constants as Java has them; they are taken, and read, in small letters. */
  private static String bash(CommandLine root) {
    return CONSTANTS
        .matcher(AutoComplete.bash(PROGRAM, root))
        .replaceAll(words -> words.group().toLowerCase(Locale.ROOT));
  }
}
