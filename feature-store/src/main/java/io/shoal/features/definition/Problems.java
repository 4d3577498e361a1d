package io.shoal.features.definition;

import io.shoal.config.ConfigException;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What is wrong in a file: one line each, in the order of the file. */
final class Problems {
  /** Where something stands; lines and columns count from 1. */
  record Position(int line, int column) {}

  private record Problem(Position at, String message) implements Comparable<Problem> {
    @Override
    public int compareTo(Problem other) {
      int byLine = Integer.compare(at.line, other.at.line);
      int byColumn = byLine != 0 ? byLine : Integer.compare(at.column, other.at.column);
      return byColumn != 0 ? byColumn : message.compareTo(other.message);
    }
  }

  private final String origin;
  private final SortedSet<Problem> found = new TreeSet<>();

  Problems(String origin) {
    this.origin = origin;
  }

  void add(Position at, String message) {
    found.add(new Problem(at, message));
  }

  /** Adds it and gives up. */
  ConfigException fatal(Position at, String message) {
    add(at, message);
    return exception();
  }

  /**
   * @throws ConfigException when there is any
   */
  void throwIfAny() {
    if (!found.isEmpty()) {
      throw exception();
    }
  }

  private ConfigException exception() {
    return new ConfigException(
        found.stream()
            .map(p -> "%s:%d:%d: %s".formatted(origin, p.at.line, p.at.column, p.message))
            .collect(Collectors.joining("\n")));
  }
}
