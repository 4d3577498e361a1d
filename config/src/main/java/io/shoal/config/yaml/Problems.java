package io.shoal.config.yaml;

import io.shoal.config.ConfigException;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What is wrong in a file: one line each, in the order of the file. */
public final class Problems {
  /** Where something stands; lines and columns count from 1. */
  public record Position(int line, int column) {}

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

  /**
   * None yet.
   *
   * @param origin stands before line and column in messages
   */
  public Problems(String origin) {
    this.origin = origin;
  }

  /** Adds one. */
  public void add(Position at, String message) {
    found.add(new Problem(at, message));
  }

  /** Adds one and gives up: throw what this returns. */
  public ConfigException fatal(Position at, String message) {
    add(at, message);
    return exception();
  }

  /**
   * Gives up if there is any.
   *
   * @throws ConfigException with all of them
   */
  public void throwIfAny() {
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
