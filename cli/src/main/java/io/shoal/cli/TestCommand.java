package io.shoal.cli;

import io.shoal.config.ConfigException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Stands here for its help text: the launcher runs the tests with Maven, without this program. */
@Command(
    name = "test",
    description = "Builds Shoal and runs all its tests: unit, integration, module map, format.",
    mixinStandardHelpOptions = true)
final class TestCommand implements Callable<Integer> {
  @Option(names = "--unit", description = "Only the unit tests, which need no broker.")
  private boolean unit;

  @Override
  public Integer call() {
    throw new ConfigException(
        "tests are run by the launcher: ./shoal test"
            + (unit ? " --unit" : "")
            + " in the sources");
  }
}
