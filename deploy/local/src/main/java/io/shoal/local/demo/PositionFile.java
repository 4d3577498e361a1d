package io.shoal.local.demo;

import io.shoal.config.ConfigException;
import io.shoal.local.traffic.SimulationPosition;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;

/** Keeps the simulation's position in the data folder, so that the next run goes on from it. */
final class PositionFile {
  private static final String NAME = "simulation.properties";

  private final Path file;

  PositionFile(Path dataDir) {
    this.file = dataDir.resolve(NAME);
  }

  /**
   * The position kept, or the beginning when there is none.
   *
   * @throws ConfigException when the file is damaged
   */
  SimulationPosition load(long seed) {
    if (!Files.exists(file)) {
      return SimulationPosition.start(seed);
    }
    Properties values = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      values.load(reader);
      return new SimulationPosition(
          number(values, "seed"),
          number(values, "day"),
          number(values, "day.id"),
          number(values, "next.id"));
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigException(
          "cannot read the simulation's position from "
              + file
              + " ("
              + e.getMessage()
              + "); start over with --fresh",
          e);
    }
  }

  /**
   * Keeps a position. The file is replaced as a whole, so that a crash leaves the old one or the
   * new one.
   *
   * @throws UncheckedIOException when it cannot be written
   */
  void save(SimulationPosition position) {
    Properties values = new Properties();
    values.setProperty("seed", String.valueOf(position.seed()));
    values.setProperty("day", String.valueOf(position.day()));
    values.setProperty("day.id", String.valueOf(position.dayId()));
    values.setProperty("next.id", String.valueOf(position.nextId()));
    Path next = file.resolveSibling(NAME + ".next");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try (Writer writer = Files.newBufferedWriter(next)) {
        values.store(writer, null);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the simulation's position in " + file, e);
    }
  }

  private static long number(Properties values, String key) {
    return Long.parseLong(values.getProperty(key, ""));
  }
}
