package io.shoal.registry.server.store;

import io.shoal.registry.client.Sha256;
import io.shoal.registry.server.objects.ObjectMissingException;
import io.shoal.registry.server.objects.ObjectStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of versions: in the database, or in an object store with their keys and hashes in the
 * database. An object is noted as rubbish before it is written, and is none from the moment that
 * its version is kept; what is still rubbish an hour later is deleted. So none is lost, and none
 * stays behind, wherever the registry ends.
 */
public final class Artifacts {
  private static final Duration RUBBISH_AGE = Duration.ofHours(1);
  private static final Duration WRITING_MAX = RUBBISH_AGE.dividedBy(2);
  private static final int SWEEP_MAX = 100;
  private static final int CACHE_BYTES_MAX = 8 << 20;

  private final Transactions transactions;
  private final Clock clock;
  private final @Nullable ObjectStore objects;
  private final Map<String, byte[]> cache = new LinkedHashMap<>(16, 0.75f, true);
  private int cachedBytes;

  /** Where the bytes of a version are: here, or under a key. */
  public record Stored(
      byte @Nullable [] body, @Nullable String objectKey, @Nullable String sha256) {}

  Artifacts(Jdbi jdbi, Clock clock, @Nullable ObjectStore objects) {
    this.transactions = new Transactions(jdbi);
    this.clock = clock;
    this.objects = objects;
  }

  /** Makes bytes safe outside the database where they belong there; takes no lock meanwhile. */
  Stored keep(String model, byte[] body) {
    if (objects == null) {
      return new Stored(body, null, null);
    }
    String key = model + "/" + UUID.randomUUID() + ".avro";
    transactions.write(
        handle -> {
          handle.attach(ArtifactDao.class).discard(key, clock.instant());
          return key;
        });
    objects.put(key, body);
    return new Stored(null, key, Sha256.hex(body));
  }

  /** Ties what was kept to its version; needs the lock of {@link Transactions#write}. */
  static void insert(Handle handle, String model, long version, Stored stored, Instant now) {
    ArtifactDao dao = handle.attach(ArtifactDao.class);
    dao.insert(model, version, stored);
    String key = stored.objectKey();
    if (key != null && dao.reclaim(key, now.minus(WRITING_MAX)) == 0) {
      throw new IllegalStateException("it took too long to keep " + key + "; it is rubbish by now");
    }
  }

  /** Deletes the bytes of a version; needs the lock of {@link Transactions#write}. */
  static void delete(Handle handle, String model, long version, Instant now) {
    ArtifactDao dao = handle.attach(ArtifactDao.class);
    Queries.artifact(handle, model, version)
        .map(Stored::objectKey)
        .ifPresent(key -> dao.discard(key, now.minus(RUBBISH_AGE)));
    dao.delete(model, version);
  }

  /**
   * The bytes of a version; empty when they are gone or never were here.
   *
   * @throws DamagedArtifactException when the object store has lost or changed them
   */
  Optional<byte[]> read(String model, long version) {
    return transactions
        .read(handle -> Queries.artifact(handle, model, version))
        .map(stored -> bytes(model, version, stored));
  }

  /** The bytes that are kept there, as they were when they came. */
  byte[] bytes(String model, long version, Stored stored) {
    byte[] body = stored.body();
    String key = stored.objectKey();
    if (body != null) {
      return body;
    }
    if (key == null) {
      throw new IllegalStateException("version " + version + " has neither body nor key");
    }
    byte[] cached = cached(key);
    return cached != null ? cached : fetch(model, version, key, stored.sha256());
  }

  private byte[] fetch(String model, long version, String key, @Nullable String sha256) {
    if (objects == null) {
      throw new DamagedArtifactException(
          model, version, key, "lies in an object store, and none is configured");
    }
    byte[] body;
    try {
      body = objects.get(key);
    } catch (ObjectMissingException e) {
      throw new DamagedArtifactException(model, version, key, "is missing from the object store");
    }
    if (!Sha256.hex(body).equals(sha256)) {
      throw new DamagedArtifactException(model, version, key, "was changed in the object store");
    }
    cache(key, body);
    return body;
  }

  /** Deletes objects that no version needs; says how many. */
  public int sweep() {
    if (objects == null) {
      return 0;
    }
    Instant before = clock.instant().minus(RUBBISH_AGE);
    List<String> rubbish =
        transactions.read(handle -> handle.attach(ArtifactDao.class).discarded(before, SWEEP_MAX));
    for (String key : rubbish) {
      objects.delete(key);
      transactions.write(
          handle -> {
            handle.attach(ArtifactDao.class).swept(key);
            return key;
          });
    }
    return rubbish.size();
  }

  private byte @Nullable [] cached(String key) {
    synchronized (cache) {
      return cache.get(key);
    }
  }

  /** Artifacts never change: the newest used are kept at hand, up to some bytes. */
  private void cache(String key, byte[] body) {
    synchronized (cache) {
      if (body.length > CACHE_BYTES_MAX || cache.put(key, body) != null) {
        return;
      }
      cachedBytes += body.length;
      var eldest = cache.values().iterator();
      while (cachedBytes > CACHE_BYTES_MAX) {
        cachedBytes -= eldest.next().length;
        eldest.remove();
      }
    }
  }
}
