package io.shoal.cli;

import java.nio.file.Path;

/**
 * Where the log goes. The logging system reads these system properties when the first logger is
 * made, so a command sets them before it touches anything else.
 */
final class Logs {
  private static final String FILE_PROPERTY = "shoal.log.file";
  private static final String LEVEL_PROPERTY = "shoal.log.level";

  private Logs() {}

  static void to(Path file, String level) {
    System.setProperty(FILE_PROPERTY, file.toString());
    System.setProperty(LEVEL_PROPERTY, level);
  }

  static String file() {
    return System.getProperty(FILE_PROPERTY, "standard error");
  }
}
