package io.shoal.serving;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.errors.StreamsNotStartedException;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;

/** The other instances of the application, and what they answer. Thread-safe. */
final class Peers {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private volatile @Nullable KafkaStreams streams;
  private volatile @Nullable HostInfo self;

  /** Says who this instance is, and how it is known to the others. */
  void attach(KafkaStreams own, HostInfo address) {
    self = address;
    streams = own;
  }

  /**
   * This instance's streams.
   *
   * @throws StreamsNotStartedException before they are
   */
  KafkaStreams streams() {
    KafkaStreams current = streams;
    if (current == null) {
      throw new StreamsNotStartedException("not started yet");
    }
    return current;
  }

  boolean isSelf(HostInfo host) {
    return host.equals(self);
  }

  /** All other instances that are known. */
  List<HostInfo> others() {
    return others(streams().metadataForAllStreamsClients().stream());
  }

  /** The other instances that keep a part of a store. */
  List<HostInfo> others(String store) {
    return others(streams().streamsMetadataForStore(store).stream());
  }

  private List<HostInfo> others(Stream<StreamsMetadata> instances) {
    return instances.map(StreamsMetadata::hostInfo).filter(h -> !isSelf(h)).distinct().toList();
  }

  /**
   * Asks another instance.
   *
   * @param path with its query
   * @return what it answers, null for 404
   * @throws IOException when it does not answer, or otherwise than with 200 or 404
   */
  byte @Nullable [] get(HostInfo host, String path) throws IOException {
    URI address = URI.create("http://%s:%d%s".formatted(host.host(), host.port(), path));
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
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
