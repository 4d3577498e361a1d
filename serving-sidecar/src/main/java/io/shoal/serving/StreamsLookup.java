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
import java.util.ArrayList;
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
 * Looks states up in Kafka Streams: replicated ones here, those of the primary entity here or at
 * the instance that owns the key. Producers in other languages partition by other hashes, so that
 * the owner may be another than Kafka's hash says: then the other instances are asked in turn.
 */
final class StreamsLookup implements StateLookup {
  /** Where {@link FeatureServer} answers other instances. */
  static final String PATH = "/internal/state";

  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private volatile @Nullable KafkaStreams streams;
  private volatile @Nullable HostInfo self;

  /** Says whose states are looked up, and how this instance is known to the others. */
  void attach(KafkaStreams own, HostInfo address) {
    self = address;
    streams = own;
  }

  @Override
  public byte @Nullable [] get(StateUnit unit, String entityKey) {
    byte[] here = getLocal(unit, entityKey);
    if (here != null || !unit.inLine()) {
      return here;
    }
    for (HostInfo other : others(entityKey)) {
      byte[] there = ask(other, unit, entityKey);
      if (there != null) {
        return there;
      }
    }
    return null;
  }

  @Override
  public byte @Nullable [] getLocal(StateUnit unit, String entityKey) {
    String store = unit.inLine() ? SidecarTopology.PRIMARY_WINDOWS : SidecarTopology.REPLICAS;
    String key = unit.inLine() ? entityKey : unit.replicaKey(entityKey);
    try {
      ReadOnlyKeyValueStore<String, byte[]> states =
          running()
              .store(
                  StoreQueryParameters.fromNameAndType(store, QueryableStoreTypes.keyValueStore()));
      return states.get(key);
    } catch (InvalidStateStoreException e) {
      if (unit.inLine() && streams != null && hasOthers()) {
        return null; // this instance owns no partition now; the others do
      }
      throw unavailable(entityKey, e);
    }
  }

  private boolean hasOthers() {
    return running().metadataForAllStreamsClients().stream()
        .anyMatch(client -> !client.hostInfo().equals(self));
  }

  /** The owner by Kafka's own hash first. */
  private List<HostInfo> others(String entityKey) {
    List<HostInfo> hosts = new ArrayList<>();
    KeyQueryMetadata owner =
        running()
            .queryMetadataForKey(
                SidecarTopology.PRIMARY_WINDOWS, entityKey, new StringSerializer());
    if (owner != null && !owner.equals(KeyQueryMetadata.NOT_AVAILABLE)) {
      hosts.add(owner.activeHost());
    }
    for (StreamsMetadata client :
        running().streamsMetadataForStore(SidecarTopology.PRIMARY_WINDOWS)) {
      if (!hosts.contains(client.hostInfo())) {
        hosts.add(client.hostInfo());
      }
    }
    hosts.removeIf(host -> host.equals(self));
    return hosts;
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
