package io.shoal.console.model;

import io.shoal.kmeans.KMeansModelData;
import io.shoal.registry.client.InvalidModelException;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.server.pipeline.Candidates;
import io.shoal.registry.server.store.Stores;
import io.shoal.schemas.avro.ModelVersion;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Versions as they are used here, the last ones kept decoded. Thread-safe. */
public final class VersionCache {
  private static final int KEPT = 200;

  private final Stores stores;
  private final Map<Key, Content> kept =
      new LinkedHashMap<>(KEPT, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Content> eldest) {
          return size() > KEPT;
        }
      };

  private record Key(String model, long version) {}

  /** A version, as it travels and as it scores. */
  public record Content(ModelVersion version, KMeansModelData data) {}

  /** The versions of these stores. */
  public VersionCache(Stores stores) {
    this.stores = stores;
  }

  /** A version's content; empty when its artifact is gone or damaged. */
  public Optional<Content> find(String model, long version) {
    Key key = new Key(model, version);
    synchronized (kept) {
      Content known = kept.get(key);
      if (known != null) {
        return Optional.of(known);
      }
    }
    return read(stores.versions().artifact(model, version), key);
  }

  /** The content of a row. */
  public Optional<Content> find(RegisteredVersion row) {
    return row.pruned() || row.external() || row.state() == RegisteredVersion.State.DELETED
        ? Optional.empty()
        : find(row.model(), row.version());
  }

  private Optional<Content> read(Optional<byte[]> artifact, Key key) {
    try {
      Optional<Content> content =
          artifact
              .map(Candidates::fromBytes)
              .map(version -> new Content(version, ModelCodec.decode(version)));
      content.ifPresent(
          c -> {
            synchronized (kept) {
              kept.put(key, c);
            }
          });
      return content;
    } catch (InvalidModelException e) {
      return Optional.empty();
    }
  }
}
