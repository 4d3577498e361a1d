package io.shoal.local.demo;

import io.shoal.schemas.Topics;
import java.util.function.LongSupplier;

/**
 * The running pipeline that a demo sends to and reads from.
 *
 * @param bootstrapServers of its broker
 * @param schemaRegistryUrl Confluent-compatible base URL of its schema registry
 * @param topics of the pipeline; they exist
 * @param eventsLearned tells how many events its trainer has learned from; cheap, for any thread
 */
public record DemoTarget(
    String bootstrapServers, String schemaRegistryUrl, Topics topics, LongSupplier eventsLearned) {}
