package io.shoal.features.definition;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A number computed for an event, as a tree. Equal trees compute equal numbers, so that each is
 * computed once.
 */
public sealed interface Expression {
  /** The tree in one line, which enters the fingerprint: it changes when the numbers do. */
  String canonical();

  /** What it is computed from. */
  default List<Expression> operands() {
    return List.of();
  }

  /** Always the same number. */
  record Constant(double value) implements Expression {
    @Override
    public String canonical() {
      return Double.toString(value);
    }
  }

  /** A field of the record, as a number; missing where it is null. */
  record Field(String path) implements Expression {
    @Override
    public String canonical() {
      return "field(" + path + ")";
    }
  }

  /** In which of {@code buckets} the hash of a field falls; missing where it is null. */
  record Bucket(String path, int buckets) implements Expression {
    @Override
    public String canonical() {
      return "bucket(" + path + ", " + buckets + ")";
    }
  }

  /** Event time in seconds since 1970. */
  record EventTime() implements Expression {
    @Override
    public String canonical() {
      return "event_time";
    }
  }

  /** Event time as clocks in the zone show it, in milliseconds since their 1970. */
  record LocalTime(ZoneId zone) implements Expression {
    @Override
    public String canonical() {
      return "local_time(" + zone + ")";
    }
  }

  /** Seconds since the newest event that the entity had before; missing for its first. */
  record SinceLast(String entity) implements Expression {
    @Override
    public String canonical() {
      return "since_last(" + entity + ")";
    }
  }

  /** An aggregate over one window. */
  record Aggregated(Aggregate aggregate, Duration window) implements Expression {
    @Override
    public String canonical() {
      return aggregate.canonical(window);
    }
  }

  /** An operation; {@code p} and {@code q} are its constants. */
  record Apply(Operation operation, List<Expression> operands, double p, double q)
      implements Expression {
    @Override
    public String canonical() {
      return operands.stream()
          .map(Expression::canonical)
          .collect(Collectors.joining(", ", operation + "(", ", " + p + ", " + q + ")"));
    }
  }
}
