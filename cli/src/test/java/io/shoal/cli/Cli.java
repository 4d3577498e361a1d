package io.shoal.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * Runs a command line in this JVM.
 *
 * @param exitCode it gave
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record Cli(int exitCode, String out, String err) {
  static Cli run(String... arguments) {
    return run(ShoalCommand::commandLine, arguments);
  }

  /**
   * The command line is made once the streams are redirected: picocli keeps those it is made with.
   */
  static Cli run(Supplier<CommandLine> command, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream systemOut = System.out;
    PrintStream systemErr = System.err;
    try (PrintStream toOut = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream toErr = new PrintStream(err, true, StandardCharsets.UTF_8)) {
      System.setOut(toOut);
      System.setErr(toErr);
      int exitCode = command.get().execute(arguments);
      return new Cli(
          exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(systemOut);
      System.setErr(systemErr);
    }
  }
}
