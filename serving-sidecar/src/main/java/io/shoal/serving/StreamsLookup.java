package io.shoal.serving;

import io.shoal.features.StateUnit;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsNotStartedException;
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
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final boolean ownerByKey;
  private volatile @Nullable KafkaStreams streams;
  private volatile @Nullable HostInfo self;

  /**
   * @param ownerByKey whether all producers of the source partition by Kafka's hash of the key
   */
  StreamsLookup(boolean ownerByKey) {
    this.ownerByKey = ownerByKey;
  }

  /** Says whose states are looked up, and how this instance is known to the others. */
  void attach(KafkaStreams own, HostInfo address) {
    self = address;
    streams = own;
  }

  @Override
  public boolean isLocal(StateUnit unit, String entityKey) {
    if (!unit.inLine()) {
      return true;
    }
    return ownerByKey ? owner(entityKey).activeHost().equals(self) : others().isEmpty();
  }

  @Override
  public byte @Nullable [] get(StateUnit unit, String entityKey) {
    if (!unit.inLine()) {
      return getLocal(unit, entityKey);
    }
    if (ownerByKey) {
      KeyQueryMetadata owner = owner(entityKey);
      return owner.activeHost().equals(self)
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
      return running().store(states).get(key);
    } catch (InvalidStateStoreException e) {
      throw unavailable(entityKey, e);
    }
  }

  private KeyQueryMetadata owner(String entityKey) {
    try {
      KeyQueryMetadata owner =
          running().queryMetadataForKey(SidecarTopology.PRIMARY_WINDOWS, entityKey, KEYS);
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
    return running().metadataForLocalThreads().stream()
        .flatMap(thread -> thread.activeTasks().stream())
        .findAny()
        .isPresent();
  }

  private List<HostInfo> others() {
    return running().streamsMetadataForStore(SidecarTopology.PRIMARY_WINDOWS).stream()
        .map(StreamsMetadata::hostInfo)
        .filter(host -> !host.equals(self))
        .distinct()
        .toList();
  }

  private byte @Nullable [] ask(HostInfo host, StateUnit unit, String entityKey) {
    URI address =
        URI.create(
            "http://%s:%d%s/%s?key=%s"
                .formatted(
                    host.host(),
                    host.port(),
                    PATH,
                    unit.name(),
                    URLEncoder.encode(entityKey, StandardCharsets.UTF_8)));
    try {
      HttpResponse<byte[]> answer =
          http.send(
              HttpRequest.newBuilder(address).timeout(TIMEOUT).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      return switch (answer.statusCode()) {
        case 200 -> answer.body();
        case 404 -> null;
        default -> throw new IOException("status " + answer.statusCode());
      };
    } catch (IOException e) {
      throw unavailable(entityKey, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(entityKey, e);
    }
  }

  private KafkaStreams running() {
    KafkaStreams current = streams;
    if (current == null) {
      throw new StreamsNotStartedException("not started yet");
    }
    return current;
  }

  private static StateUnavailableException unavailable(String entityKey, Exception cause) {
    return new StateUnavailableException(
        "the state of '%s' is not available now (%s); try again"
            .formatted(entityKey, cause.getMessage()),
        cause);
  }
}
