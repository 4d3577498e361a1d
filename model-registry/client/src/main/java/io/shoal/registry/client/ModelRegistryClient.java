package io.shoal.registry.client;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The model registry's API in Java. Reads are tried again when there is no answer and cached by
 * their entity tags; changes are sent once. Thread-safe. Every method throws {@link
 * ModelRegistryException} when the registry refuses or does not answer.
 */
public final class ModelRegistryClient {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int ATTEMPTS = 4;
  private static final long PAUSE_MS = 100;

  /** Environment variable with the token that registries are sent. */
  public static final String TOKEN = "SHOAL_REGISTRY_TOKEN";

  /** Environment variable with the file of certificates (PEM) that registries are trusted by. */
  public static final String CA = "SHOAL_REGISTRY_CA";

  private final Transport transport;

  /** What became of the wish to move an alias: it moved, or another person is to approve. */
  public record Promotion(@Nullable ModelAlias moved, @Nullable PromotionRequest asked) {}

  /** What a check of the log found; see the server's documentation. */
  public record Integrity(
      long rows, @Nullable Long brokenAt, String lastHash, @Nullable Long sealedAt) {}

  /**
   * A client.
   *
   * @param url of the registry, such as {@code http://127.0.0.1:8090}
   * @param token that it is to be sent; null for none
   */
  public ModelRegistryClient(URI url, @Nullable String token) {
    this(url, token, null);
  }

  /**
   * A client.
   *
   * @param ca certificates (PEM) of the authority that vouches for an https registry; null for
   *     those that this JVM trusts
   * @throws IllegalArgumentException when that file has no certificates
   */
  public ModelRegistryClient(URI url, @Nullable String token, @Nullable Path ca) {
    this(url, token, ca, TIMEOUT, ATTEMPTS, PAUSE_MS);
  }

  /**
   * A client with the token and the certificates that the environment names: {@value #TOKEN} and
   * {@value #CA}.
   *
   * @param ca certificates to trust in place of the environment's; null for none
   * @throws IllegalArgumentException when the file of certificates has none
   */
  public static ModelRegistryClient fromEnvironment(URI url, @Nullable Path ca) {
    String named = System.getenv(CA);
    Path trusted = ca == null && named != null && !named.isEmpty() ? Path.of(named) : ca;
    return new ModelRegistryClient(url, System.getenv(TOKEN), trusted);
  }

  /**
   * A client.
   *
   * @param ca certificates (PEM) to trust; null for those that this JVM trusts
   * @param timeout of each attempt
   * @param attempts to read
   * @param pauseMs before the second attempt; doubles from then on, up to two seconds
   */
  public ModelRegistryClient(
      URI url,
      @Nullable String token,
      @Nullable Path ca,
      Duration timeout,
      int attempts,
      long pauseMs) {
    this.transport = new Transport(url, token, ca, timeout, attempts, pauseMs, JSON);
  }

  /** Names of all models, up to 1,000. */
  public List<String> models() {
    return read(transport.get("/api/v1/models"), new TypeReference<>() {});
  }

  /** The newest versions of a model below a number, newest first. */
  public List<RegisteredVersion> versions(String model, long before, int limit) {
    return read(
        transport.get(of(model) + "/versions?before=" + before + "&limit=" + limit),
        new TypeReference<>() {});
  }

  /** A version with all that is known of it. */
  public VersionDetail version(String model, long version) {
    return read(transport.get(of(model) + "/versions/" + version), new TypeReference<>() {});
  }

  /** A version's file in a form such as avro. */
  public byte[] export(String model, long version, String format) {
    return transport.get(of(model) + "/versions/" + version + "/export?format=" + word(format));
  }

  /** All that is known of a version, in one JSON document. */
  public byte[] evidence(String model, long version) {
    return transport.get(of(model) + "/versions/" + version + "/evidence");
  }

  /** Offers a version: the Avro body of {@code ModelVersion}. */
  public RegisteredVersion register(String model, byte[] artifact) {
    return read(transport.offer(of(model) + "/versions", artifact), new TypeReference<>() {});
  }

  /** What changed from one version to another. */
  public ModelDiff diff(String model, long from, long to) {
    return read(
        transport.get(of(model) + "/diff?from=" + from + "&to=" + to), new TypeReference<>() {});
  }

  /** The aliases of a model. */
  public List<ModelAlias> aliases(String model) {
    return read(transport.get(of(model) + "/aliases"), new TypeReference<>() {});
  }

  /**
   * The change that made an alias what it was at a moment: which version decided then.
   *
   * @param at null for now
   */
  public AuditEntry deciding(String model, String alias, @Nullable Instant at) {
    String moment = at == null ? "" : "&at=" + word(at.toString());
    return read(
        transport.get(of(model) + "/deciding?alias=" + word(alias) + moment),
        new TypeReference<>() {});
  }

  /** Changes of a model below an id, newest first. */
  public List<AuditEntry> audit(String model, long before, int limit) {
    return read(
        transport.get(of(model) + "/audit?before=" + before + "&limit=" + limit),
        new TypeReference<>() {});
  }

  /**
   * Checks the seal of the whole log.
   *
   * @param seal that was kept elsewhere: the hash of a row that must still be there; null for none
   */
  public Integrity integrity(@Nullable String seal) {
    String kept = seal == null ? "" : "?seal=" + word(seal);
    return read(transport.get("/api/v1/audit/integrity" + kept), new TypeReference<>() {});
  }

  /** Requests of a model, newest first. */
  public List<PromotionRequest> requests(String model) {
    return read(transport.get(of(model) + "/requests"), new TypeReference<>() {});
  }

  /**
   * Points an alias at a version, or asks for it where two people are needed.
   *
   * @param from version that the caller saw it name, 0 for none; null to move it regardless
   * @param by null where a token says so
   */
  public Promotion promote(
      String model,
      String alias,
      long version,
      @Nullable Long from,
      @Nullable String by,
      String reason) {
    Map<String, Object> body = change(by, reason);
    body.put("version", version);
    if (from != null) {
      body.put("from", from);
    }
    byte[] answer = transport.change("PUT", of(model) + "/aliases/" + word(alias), body);
    boolean asked =
        read(answer, new TypeReference<Map<String, Object>>() {}).containsKey("askedBy");
    return asked
        ? new Promotion(null, read(answer, new TypeReference<>() {}))
        : new Promotion(read(answer, new TypeReference<>() {}), null);
  }

  /** Points an alias at the version that it named before. */
  public ModelAlias rollback(String model, String alias, @Nullable String by, String reason) {
    return read(
        transport.change(
            "POST", of(model) + "/aliases/" + word(alias) + "/rollback", change(by, reason)),
        new TypeReference<>() {});
  }

  /** Approves what another person asked for. */
  public PromotionRequest approve(String model, long id, @Nullable String by, String reason) {
    return decide(model, id, "approve", by, reason);
  }

  /** Rejects what a person asked for. */
  public PromotionRequest reject(String model, long id, @Nullable String by, String reason) {
    return decide(model, id, "reject", by, reason);
  }

  private PromotionRequest decide(
      String model, long id, String decision, @Nullable String by, String reason) {
    return read(
        transport.change(
            "POST", of(model) + "/requests/" + id + "/" + decision, change(by, reason)),
        new TypeReference<>() {});
  }

  private static Map<String, Object> change(@Nullable String by, String reason) {
    Map<String, Object> body = new LinkedHashMap<>();
    if (by != null) {
      body.put("by", by);
    }
    body.put("reason", reason);
    return body;
  }

  private static String of(String model) {
    return "/api/v1/models/" + word(model);
  }

  private static String word(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static <T> T read(byte[] body, TypeReference<T> type) {
    try {
      return JSON.readValue(body, type);
    } catch (IOException e) {
      throw new ModelRegistryException("an answer that this client does not understand: " + e, e);
    }
  }
}
