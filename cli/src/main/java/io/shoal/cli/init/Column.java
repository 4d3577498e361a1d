package io.shoal.cli.init;

/**
 * What is known of one field of a user's events.
 *
 * @param name as an Avro field
 * @param kind what its values are
 * @param nullable whether it may be empty
 * @param distinct different values among those that were looked at; -1 where none were
 * @param rows values that were looked at
 * @param median of the absolute values of a number; 0 where none were looked at
 */
public record Column(
    String name, Kind kind, boolean nullable, int distinct, int rows, double median) {
  /** What the values of a column are. */
  public enum Kind {
    /** A moment. */
    TIME("time"),
    /** A whole number. */
    WHOLE("whole number"),
    /** A number. */
    NUMBER("number"),
    /** True or false. */
    FLAG("true or false"),
    /** Anything else. */
    TEXT("text");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /** Whether its values can be learned as amounts. */
  public boolean isNumber() {
    return kind == Kind.NUMBER || kind == Kind.WHOLE;
  }

  /** Whether no two events have the same; unknown is no. */
  public boolean isUnique() {
    return rows > 1 && distinct == rows;
  }
}
