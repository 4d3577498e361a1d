package io.shoal.schemas;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Confluent-compatible schema registry, seen by Shoal: registers the schemas that Shoal writes
 * and looks up those that others wrote. Thread-safe; schemas are cached for ever, unknown ids for
 * ten seconds (so that a stream of bad records does not become a stream of requests).
 */
public final class SchemaRegistry {
  private static final Logger log = LoggerFactory.getLogger(SchemaRegistry.class);
  private static final int CONFLICT = 409;
  private static final int CACHE_CAPACITY = 1_000;
  private static final int UNKNOWN_IDS_MAX = 10_000;
  private static final long UNKNOWN_ID_TTL_MS = Duration.ofSeconds(10).toMillis();
  private static final String COMPATIBILITY = "FULL_TRANSITIVE";

  private final SchemaRegistryClient client;
  private final Clock clock;
  private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();
  private final Map<Integer, Long> unknownUntilMs = new ConcurrentHashMap<>();

  /** The registry at this base URL, for instance {@code http://localhost:8081}. */
  public static SchemaRegistry at(String url) {
    return new SchemaRegistry(
        new CachedSchemaRegistryClient(List.of(url), CACHE_CAPACITY, Map.of()), Clock.systemUTC());
  }

  /** A registry behind a client of your own: one with credentials, or Confluent's mock in tests. */
  public SchemaRegistry(SchemaRegistryClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /** The subject of a topic's values by Confluent's TopicNameStrategy. */
  public static String valueSubject(String topic) {
    return topic + "-value";
  }

  /**
   * Registers a schema under a topic's value subject and returns its id. A new subject gets the
   * compatibility FULL_TRANSITIVE, so that old and new readers and writers mix freely.
   *
   * @throws IncompatibleSchemaException when the registry refuses the schema
   * @throws SchemaRegistryUnavailableException when the registry does not answer
   */
  public int register(String topic, Schema schema) {
    String subject = valueSubject(topic);
    try {
      int id = registerOrFind(subject, new AvroSchema(schema));
      requireFullCompatibility(subject);
      return id;
    } catch (RestClientException e) {
      if (e.getStatus() >= 500) {
        throw unavailable("register the schema of subject " + subject, e);
      }
      throw new IncompatibleSchemaException(
          "the schema registry refuses "
              + schema.getFullName()
              + " for subject "
              + subject
              + ": "
              + e.getMessage(),
          e);
    } catch (IOException e) {
      throw unavailable("register the schema of subject " + subject, e);
    }
  }

  /**
   * Of two that register a new subject at the same moment, one is told of a conflict that is none:
   * by then it exists. A schema that does not fit is refused the second time too.
   */
  private int registerOrFind(String subject, AvroSchema schema)
      throws IOException, RestClientException {
    try {
      return client.register(subject, schema);
    } catch (RestClientException e) {
      if (e.getStatus() != CONFLICT) {
        throw e;
      }
      return client.register(subject, schema);
    }
  }

  /**
   * The schema of an id.
   *
   * @throws UndecodableRecordException (reason {@code unknown-schema}) when the registry has no
   *     such id
   * @throws SchemaRegistryUnavailableException when the registry does not answer
   */
  public Schema schema(int id) {
    Schema known = schemas.get(id);
    if (known != null) {
      return known;
    }
    Long unknownUntil = unknownUntilMs.get(id);
    if (unknownUntil != null && clock.millis() < unknownUntil) {
      throw unknownSchema(id, null);
    }
    try {
      if (!(client.getSchemaById(id) instanceof AvroSchema avro)) {
        throw new UndecodableRecordException(
            "unknown-schema", "schema id " + id + " is not an Avro schema", null);
      }
      schemas.put(id, avro.rawSchema());
      return avro.rawSchema();
    } catch (RestClientException e) {
      if (e.getStatus() != 404) {
        throw unavailable("look up schema id " + id, e);
      }
      if (unknownUntilMs.size() >= UNKNOWN_IDS_MAX) {
        unknownUntilMs.clear();
      }
      unknownUntilMs.put(id, clock.millis() + UNKNOWN_ID_TTL_MS);
      throw unknownSchema(id, e);
    } catch (IOException e) {
      throw unavailable("look up schema id " + id, e);
    }
  }

  /**
   * The newest schema of a subject, or nothing where nobody has registered one.
   *
   * @throws SchemaRegistryUnavailableException when the registry does not answer
   */
  public Optional<Schema> latest(String subject) {
    try {
      return Optional.of(
          new Schema.Parser().parse(client.getLatestSchemaMetadata(subject).getSchema()));
    } catch (RestClientException e) {
      if (e.getStatus() == 404) {
        return Optional.empty();
      }
      throw unavailable("look up subject " + subject, e);
    } catch (IOException e) {
      throw unavailable("look up subject " + subject, e);
    }
  }

  private void requireFullCompatibility(String subject) throws IOException {
    try {
      updateCompatibility(subject);
    } catch (RestClientException e) {
      // A registry that lets clients write schemas but not settings is a deliberate choice of its
      // owner.
      log.warn(
          "cannot set compatibility {} on subject {}: {}", COMPATIBILITY, subject, e.getMessage());
    }
  }

  /** As with a new subject, of two that set it at the same moment one is told of a conflict. */
  private void updateCompatibility(String subject) throws IOException, RestClientException {
    try {
      client.updateCompatibility(subject, COMPATIBILITY);
    } catch (RestClientException e) {
      if (e.getStatus() != CONFLICT) {
        throw e;
      }
      client.updateCompatibility(subject, COMPATIBILITY);
    }
  }

  private static UndecodableRecordException unknownSchema(int id, @Nullable Throwable cause) {
    return new UndecodableRecordException(
        "unknown-schema",
        "schema id " + id + " is not in the schema registry; was it written with another registry?",
        cause);
  }

  private static SchemaRegistryUnavailableException unavailable(String action, Exception cause) {
    return new SchemaRegistryUnavailableException(
        "cannot " + action + ": the schema registry does not answer (" + cause.getMessage() + ")",
        cause);
  }
}
