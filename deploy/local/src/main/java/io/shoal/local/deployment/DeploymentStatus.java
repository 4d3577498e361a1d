package io.shoal.local.deployment;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a deployment.
 *
 * @param state where it stands
 * @param pid of the process that runs its parts; 0 for none
 * @param restarts how often it was started anew after a failure
 * @param since when it came into this state
 * @param message the last line that it said before it failed, or null
 * @param addresses where its parts are reached once it runs, or null
 */
public record DeploymentStatus(
    RunState state,
    long pid,
    int restarts,
    Instant since,
    @Nullable String message,
    @Nullable Addresses addresses) {

  /**
   * Where the parts of a running pipeline are reached.
   *
   * @param bootstrapServers of Kafka
   * @param schemaRegistryUrl Confluent-compatible base URL
   * @param modelRegistryUrl base URL
   * @param sidecarUrl base URL
   */
  public record Addresses(
      String bootstrapServers,
      String schemaRegistryUrl,
      String modelRegistryUrl,
      String sidecarUrl) {}
}
