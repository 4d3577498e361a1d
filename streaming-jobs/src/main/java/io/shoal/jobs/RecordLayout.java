package io.shoal.jobs;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How points stand in records of a topic of the user's.
 *
 * @param features names, {@code [d]}: fields of the record, or of its values in the array
 * @param array field that holds all values; null where each feature is a field
 * @param eventTime field that holds the event time; null for the record's timestamp in Kafka
 */
record RecordLayout(List<String> features, @Nullable String array, @Nullable String eventTime)
    implements Serializable {}
