package io.shoal.features;

import io.shoal.features.state.StateLayout;

/**
 * One stored value per key of an entity.
 *
 * @param name of the entity
 * @param entity its index in {@link FeatureSet#entities}
 * @param inLine whether it is kept where the messages are, so that it holds the event at hand; else
 *     it is kept beside the stream and replicated, holds what came before, and learns of labels
 * @param labels whether it counts frauds
 * @param layout of the value
 * @param replicaPrefix what its keys among the replicas begin with: of sets that run side by side,
 *     each has its own
 */
public record StateUnit(
    String name,
    int entity,
    boolean inLine,
    boolean labels,
    StateLayout layout,
    String replicaPrefix) {

  StateUnit(String name, int entity, boolean inLine, boolean labels, StateLayout layout) {
    this(name, entity, inLine, labels, layout, "%s@%08x/".formatted(name, layout.id()));
  }

  /** The key under which the value of an entity's key is replicated. */
  public String replicaKey(String entityKey) {
    return replicaPrefix + entityKey;
  }
}
