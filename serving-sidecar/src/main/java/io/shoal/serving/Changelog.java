package io.shoal.serving;

import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.apache.kafka.streams.processor.internals.ProcessorContextUtils;
import org.apache.kafka.streams.query.Position;
import org.jspecify.annotations.Nullable;

/** Where the changes of a store are written to, so that another instance can read them back. */
interface Changelog {
  /** Of a store whose states are read from a topic that others write. */
  Changelog NONE =
      new Changelog() {
        @Override
        public long timestampMs() {
          return 0;
        }

        @Override
        public void log(Bytes key, byte @Nullable [] state, long timestampMs) {
          // They are in that topic.
        }
      };

  /** Of the record that is being processed. */
  long timestampMs();

  /**
   * Writes a change.
   *
   * @param state null when the key is deleted
   * @param timestampMs of the record that the change comes from
   */
  void log(Bytes key, byte @Nullable [] state, long timestampMs);

  /** The topic that Kafka Streams has made for a store of a task. */
  static Changelog of(StateStoreContext context, String store) {
    InternalProcessorContext<?, ?> task = ProcessorContextUtils.asInternalProcessorContext(context);
    return new Changelog() {
      @Override
      public long timestampMs() {
        return task.recordContext().timestamp();
      }

      @Override
      public void log(Bytes key, byte @Nullable [] state, long timestampMs) {
        task.logChange(store, key, state, timestampMs, Position.emptyPosition());
      }
    };
  }
}
