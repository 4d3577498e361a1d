package io.shoal.serving;

import io.shoal.features.StateUnit;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Looks states up in Kafka Streams: replicated ones here, those of the primary entity at the
 * instance that owns the key's partition. Where producers partition by another hash than Kafka's,
 * nobody knows the owner: then the other instances are asked in turn.
 */
final class StreamsLookup implements StateLookup {
  /** Where {@link FeatureServer} answers other instances. */
  static final String PATH = "/internal/state";

  private static final StringSerializer KEYS = new StringSerializer();

  private final Peers peers;
  private final boolean ownerByKey;

  /**
   * @param ownerByKey whether all producers of the source partition by Kafka's hash of the key
   */
  StreamsLookup(Peers peers, boolean ownerByKey) {
    this.peers = peers;
    this.ownerByKey = ownerByKey;
  }

  @Override
  public boolean isLocal(StateUnit unit, String entityKey) {
    if (!unit.inLine()) {
      return true;
    }
    return ownerByKey ? peers.isSelf(owner(entityKey).activeHost()) : others().isEmpty();
  }

  @Override
  public byte @Nullable [] get(StateUnit unit, String entityKey) {
    if (!unit.inLine()) {
      return getLocal(unit, entityKey);
    }
    if (ownerByKey) {
      KeyQueryMetadata owner = owner(entityKey);
      return peers.isSelf(owner.activeHost())
          ? read(states(unit).withPartition(owner.partition()), entityKey, entityKey)
          : ask(owner.activeHost(), unit, entityKey);
    }
    List<HostInfo> others = others();
    byte[] found = others.isEmpty() || keepsSome() ? getLocal(unit, entityKey) : null;
    for (int i = 0; found == null && i < others.size(); i++) {
      found = ask(others.get(i), unit, entityKey);
    }
    return found;
  }

  @Override
  public byte @Nullable [] getLocal(StateUnit unit, String entityKey) {
    return read(states(unit), unit.inLine() ? entityKey : unit.replicaKey(entityKey), entityKey);
  }

  private static StoreQueryParameters<ReadOnlyKeyValueStore<String, byte[]>> states(
      StateUnit unit) {
    return StoreQueryParameters.fromNameAndType(
        unit.inLine() ? SidecarTopology.PRIMARY_WINDOWS : SidecarTopology.REPLICAS,
        QueryableStoreTypes.keyValueStore());
  }

  private byte @Nullable [] read(
      StoreQueryParameters<ReadOnlyKeyValueStore<String, byte[]>> states,
      String key,
      String entityKey) {
    try {
      return peers.streams().store(states).get(key);
    } catch (InvalidStateStoreException e) {
      throw unavailable(entityKey, e);
    }
  }

  private KeyQueryMetadata owner(String entityKey) {
    try {
      KeyQueryMetadata owner =
          peers.streams().queryMetadataForKey(SidecarTopology.PRIMARY_WINDOWS, entityKey, KEYS);
      if (owner != null && !owner.equals(KeyQueryMetadata.NOT_AVAILABLE)) {
        return owner;
      }
    } catch (InvalidStateStoreException e) {
      throw unavailable(entityKey, e);
    }
    throw unavailable(entityKey, new IOException("partitions are on the move"));
  }

  /** Whether this instance owns a partition now. */
  private boolean keepsSome() {
    return peers.streams().metadataForLocalThreads().stream()
        .flatMap(thread -> thread.activeTasks().stream())
        .findAny()
        .isPresent();
  }

  private List<HostInfo> others() {
    return peers.others(SidecarTopology.PRIMARY_WINDOWS);
  }

  private byte @Nullable [] ask(HostInfo host, StateUnit unit, String entityKey) {
    try {
      return peers.get(
          host,
          "%s/%s?key=%s"
              .formatted(PATH, unit.name(), URLEncoder.encode(entityKey, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw unavailable(entityKey, e);
    }
  }

  private static StateUnavailableException unavailable(String entityKey, Exception cause) {
    return new StateUnavailableException(
        "the state of '%s' is not available now (%s); try again"
            .formatted(entityKey, cause.getMessage()),
        cause);
  }
}
