package io.shoal.jobs;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How points stand in the records of a topic.
 *
 * @param features names, {@code [d]}: fields of the record, or of its values in the array
 * @param array field that holds all values; null where each feature is a field
 * @param eventTime field that holds the event time; null for the record's timestamp in Kafka
 * @param text field whose text is wanted beside the values; null for none
 */
record RecordLayout(
    List<String> features,
    @Nullable String array,
    @Nullable String eventTime,
    @Nullable String text)
    implements Serializable {}
