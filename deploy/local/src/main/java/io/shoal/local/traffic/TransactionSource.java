package io.shoal.local.traffic;

import io.shoal.schemas.avro.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over labelled transactions, in the order in which they are to be sent. For one thread.
 * The getters speak of the item that {@link #next} returned last.
 */
public interface TransactionSource extends AutoCloseable {
  /** What the cursor stands on. */
  enum Item {
    /** A transaction: see {@link #transaction} and {@link #fraud}. */
    TRANSACTION,
    /** A line that is no transaction: see {@link #malformed}. */
    MALFORMED,
    /** Nothing is left. */
    END
  }

  /** A short name for people and dead letters, for instance the file's name. */
  String name();

  /**
   * Goes on to the next item.
   *
   * @throws java.io.UncheckedIOException when the source cannot be read any further
   */
  Item next();

  /**
   * The transaction, a new record each time.
   *
   * @throws IllegalStateException when the cursor stands on none
   */
  Transaction transaction();

  /** The transaction's true label; null when it is not known. */
  @Nullable Boolean fraud();

  /**
   * The line that could not be used.
   *
   * @throws IllegalStateException when the cursor stands on none
   */
  MalformedLine malformed();

  @Override
  void close();
}
