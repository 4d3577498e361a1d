package io.shoal.cli;

import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Option;

/**
 * Where the log goes and how much is in it. The logging system reads these system properties when
 * the first logger is made, so a command sets them before it touches anything else.
 */
final class LogOptions {
  private static final String TARGET_PROPERTY = "shoal.log.to";
  private static final String FILE_PROPERTY = "shoal.log.file";
  private static final String LEVEL_PROPERTY = "shoal.log.level";
  private static final String FORMAT_PROPERTY = "shoal.log.format";
  private static final String CONSOLE_LEVEL_PROPERTY = "shoal.log.console";

  /** How much of Shoal's own words are logged. */
  enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      description = "error, warn, info, debug or trace, for Shoal's own log (default: info).")
  private Level level = Level.INFO;

  /** Form of a line. */
  enum Format {
    TEXT,
    JSON
  }

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      defaultValue = "${env:SHOAL_LOG_FORMAT:-text}",
      description =
          "Form of what goes to standard error: text, or json, one object (Elastic Common Schema) a line. Default: SHOAL_LOG_FORMAT, or text.")
  private Format format = Format.TEXT;

  /**
   * Logs to a bounded file.
   *
   * @param warningsToo whether Shoal's own warnings go to standard error as well
   */
  void toFile(Path file, boolean warningsToo) {
    System.setProperty(TARGET_PROPERTY, "file");
    System.setProperty(FILE_PROPERTY, file.toString());
    System.setProperty(CONSOLE_LEVEL_PROPERTY, warningsToo ? "warn" : "off");
    setLevel();
  }

  /** Logs to standard error, as a service does. */
  void toConsole() {
    System.setProperty(TARGET_PROPERTY, "console");
    setLevel();
  }

  /** Where a reader finds the log. */
  static String place() {
    return System.getProperty(FILE_PROPERTY, "standard error");
  }

  private void setLevel() {
    System.setProperty(LEVEL_PROPERTY, level.name().toLowerCase(Locale.ROOT));
    System.setProperty(FORMAT_PROPERTY, format.name().toLowerCase(Locale.ROOT));
  }
}
