package io.shoal.cli.produce;

import io.shoal.cli.table.MalformedRowException;
import org.apache.avro.generic.GenericRecord;

/**
 * A cursor over events to send, in their order; for one thread. The getters speak of what {@link
 * #next} went to last.
 */
public interface Events extends AutoCloseable {
  /**
   * Goes on to the next event.
   *
   * @return whether there is one
   * @throws MalformedRowException when what is there is none; the one after it can be asked for
   */
  boolean next() throws MalformedRowException;

  /** The event, a new record each time. */
  GenericRecord record();

  /** Whether it will become known as a fraud. */
  boolean fraud();

  /** Where it stands, for messages: such as {@code orders.csv:17}. */
  String place();

  /** Share that was gone through, in [0, 1]; 0 where there is no end. */
  double progress();

  @Override
  void close();
}
