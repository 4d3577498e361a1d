package io.shoal.registry.server;

import io.shoal.config.ConfigException;
import io.shoal.config.ServiceConfig;
import io.shoal.features.FeatureSet;
import io.shoal.registry.server.gates.GateBounds;
import io.shoal.registry.server.objects.S3ObjectStore;
import io.shoal.registry.server.store.Names;
import io.shoal.registry.server.store.Policy;
import io.shoal.schemas.Topics;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/** The options of the model registry. */
public final class RegistryConfig extends ServiceConfig {
  /** Address to listen on. */
  public static final String HTTP_HOST = "http.host";

  /** Port to listen on. */
  public static final String HTTP_PORT = "http.port";

  /** Folder of the embedded database. */
  public static final String DATA_DIR = "data.dir";

  /** Database. */
  public static final String JDBC_URL = "jdbc.url";

  /** User of the database. */
  public static final String JDBC_USER = "jdbc.user";

  /** Password of the database. */
  public static final String JDBC_PASSWORD = "jdbc.password";

  /** Who moves the champion. */
  public static final String PROMOTION_POLICY = "promotion.policy";

  /** How many artifacts are kept. */
  public static final String RETENTION_VERSIONS = "retention.versions";

  /** Which aliases need two people under the policy approval. */
  public static final String PROMOTION_PROTECTED = "promotion.protected.aliases";

  /** Feature sets of the models. */
  public static final String FEATURES_FILE = "features.file";

  /** Bucket for artifacts. */
  public static final String ARTIFACTS_S3_BUCKET = "artifacts.s3.bucket";

  /** Address of its store. */
  public static final String ARTIFACTS_S3_ENDPOINT = "artifacts.s3.endpoint";

  /** Region of its store. */
  public static final String ARTIFACTS_S3_REGION = "artifacts.s3.region";

  /** Access key for it. */
  public static final String ARTIFACTS_S3_ACCESS_KEY = "artifacts.s3.access.key";

  /** Secret of the access key. */
  public static final String ARTIFACTS_S3_SECRET_KEY = "artifacts.s3.secret.key";

  /** Key that seals the secrets of webhooks. */
  public static final String WEBHOOKS_KEY = "webhooks.key.file";

  /** How many recent vectors the gates judge by. */
  public static final String GATES_VECTORS = "gates.vectors";

  /** How many are enough. */
  public static final String GATES_VECTORS_MIN = "gates.vectors.min";

  /** Bound of the gate mean-distance. */
  public static final String GATES_DISTANCE_RATIO_MAX = "gates.distance.ratio.max";

  /** Bound of the gate score-drift. */
  public static final String GATES_DRIFT_MAX = "gates.drift.max";

  /** What the gate flips takes for flagged. */
  public static final String GATES_REVIEW_SHARE = "gates.review.share";

  /** Bound of the gate flips. */
  public static final String GATES_FLIPS_MAX = "gates.flips.max";

  /** Certificate for TLS. */
  public static final String TLS_CERTIFICATE = "tls.certificate.file";

  /** Key for TLS. */
  public static final String TLS_KEY = "tls.key.file";

  /** Whether plain HTTP may leave this machine. */
  public static final String HTTP_PLAIN_ALLOWED = "http.plain.allowed";

  /** Static bearer tokens. */
  public static final String AUTH_TOKENS = "auth.tokens.file";

  /** Keys of an OpenID provider. */
  public static final String AUTH_JWKS_URL = "auth.jwks.url";

  /** Who must have issued a JWT. */
  public static final String AUTH_JWT_ISSUER = "auth.jwt.issuer";

  /** For whom it must have been issued. */
  public static final String AUTH_JWT_AUDIENCE = "auth.jwt.audience";

  /** Where the role stands in it. */
  public static final String AUTH_JWT_ROLE_CLAIM = "auth.jwt.role.claim";

  /** What callers without a token may do. */
  public static final String AUTH_ANONYMOUS_ROLE = "auth.anonymous.role";

  /** Largest request. */
  public static final String HTTP_REQUEST_BYTES_MAX = "http.request.bytes.max";

  /** Most requests in a second. */
  public static final String HTTP_REQUESTS_PER_SECOND = "http.requests.per.second";

  /** Key that signs announcements. */
  public static final String SIGNING_KEY = "signing.key.file";

  /** Whether the web console is served. */
  public static final String CONSOLE_ENABLED = "console.enabled";

  /** How many predictions the web console keeps. */
  public static final String CONSOLE_PREDICTIONS = "console.predictions.max";

  /** How many of them it takes up in a second. */
  public static final String CONSOLE_RATE = "console.predictions.per.second";

  private static final int MIB = 1 << 20;

  /** All options: type, default, bound and description. */
  public static final ConfigDef OPTIONS =
      pipelineOptions(Topics.prefixValidator())
          .define(
              HTTP_HOST,
              Type.STRING,
              "127.0.0.1",
              Importance.MEDIUM,
              "Address to listen on. On another than loopback it must speak TLS (tls.certificate.file), and callers need tokens (auth.tokens.file, auth.jwks.url), or auth.anonymous.role must say what they may.")
          .define(
              HTTP_PORT,
              Type.INT,
              8090,
              Range.between(0, 65_535),
              Importance.HIGH,
              "Port to listen on; 0 takes a free one.")
          .define(
              DATA_DIR,
              Type.STRING,
              "model-registry-data",
              Importance.MEDIUM,
              "Folder of the embedded database, which a jdbc.url replaces, and of what the console keeps.")
          .define(
              JDBC_URL,
              Type.STRING,
              "",
              Importance.HIGH,
              "Database, for instance jdbc:postgresql://db/shoal; empty takes an embedded H2 file in data.dir.")
          .define(JDBC_USER, Type.STRING, "", Importance.MEDIUM, "User of the database.")
          .define(JDBC_PASSWORD, Type.PASSWORD, "", Importance.MEDIUM, "Password of the database.")
          .define(
              PROMOTION_POLICY,
              Type.STRING,
              Policy.AUTOMATIC.toString(),
              ValidString.in(Policy.names().toArray(String[]::new)),
              Importance.HIGH,
              "automatic: a candidate that passes its gates becomes champion, unless a person has moved the champion by hand. approval: one person asks, another approves. manual: any one person who may promote.")
          .define(
              PROMOTION_PROTECTED,
              Type.LIST,
              Names.CHAMPION,
              Importance.MEDIUM,
              "Aliases that only a request and its approval move, under the policy approval.")
          .define(
              RETENTION_VERSIONS,
              Type.INT,
              1_000,
              Range.between(10, 1_000_000),
              Importance.MEDIUM,
              "Newest versions per model whose artifacts are kept. Older rows stay, without the artifact; versions under an alias keep theirs, and so do those that the newest 100 moves of an alias were about.")
          .define(
              ARTIFACTS_S3_BUCKET,
              Type.STRING,
              "",
              Importance.MEDIUM,
              "Bucket (S3 API) that keeps the artifacts of new versions; empty keeps them in the database. Versions stay where they were kept.")
          .define(
              ARTIFACTS_S3_ENDPOINT,
              Type.STRING,
              "",
              Importance.MEDIUM,
              "Address of the bucket's store, for instance https://minio:9000; empty for Amazon's.")
          .define(
              ARTIFACTS_S3_REGION,
              Type.STRING,
              "us-east-1",
              Importance.LOW,
              "Region of the bucket's store.")
          .define(
              ARTIFACTS_S3_ACCESS_KEY,
              Type.STRING,
              "",
              Importance.MEDIUM,
              "Access key for the bucket; empty takes what the environment has, as Amazon's clients do (AWS_ACCESS_KEY_ID, profiles, roles).")
          .define(
              ARTIFACTS_S3_SECRET_KEY,
              Type.PASSWORD,
              "",
              Importance.MEDIUM,
              "Secret of the access key.")
          .define(
              WEBHOOKS_KEY,
              Type.STRING,
              "",
              Importance.MEDIUM,
              "File with a key, 32 bytes in Base64 ('openssl rand -base64 32'), that encrypts the secrets of webhooks in the database (AES-256-GCM); all instances need the same. Empty keeps them as they are.")
          .define(
              FEATURES_FILE,
              Type.LIST,
              "",
              Importance.MEDIUM,
              "YAML files of the feature sets whose models the gates measure, separated by commas; the card transactions of the demo are always known.")
          .define(
              GATES_VECTORS,
              Type.INT,
              2_000,
              Range.between(100, 100_000),
              Importance.LOW,
              "Newest feature vectors that the registry holds to judge candidates by.")
          .define(
              GATES_VECTORS_MIN,
              Type.INT,
              200,
              Range.between(20, 100_000),
              Importance.LOW,
              "With fewer vectors the gates that measure are skipped, and the candidate passes them.")
          .define(
              GATES_DISTANCE_RATIO_MAX,
              Type.DOUBLE,
              1.1,
              Range.between(0.0, 1e6),
              Importance.MEDIUM,
              "Gate mean-distance: mean squared distance to the nearest centroid, as a multiple of the champion's, that a candidate may have.")
          .define(
              GATES_DRIFT_MAX,
              Type.DOUBLE,
              0.25,
              Range.between(0.0, 1e6),
              Importance.MEDIUM,
              "Gate score-drift: population stability index between a candidate's scores and the champion's, at most. Skipped, like the gate flips, when the candidate's mean squared distance is at most 0.8 of the champion's: then the champion is young, or the traffic has left it behind.")
          .define(
              GATES_REVIEW_SHARE,
              Type.DOUBLE,
              0.01,
              Range.between(0.0, 0.5),
              Importance.LOW,
              "Gate flips: share of traffic with the highest scores that it takes for flagged.")
          .define(
              GATES_FLIPS_MAX,
              Type.DOUBLE,
              0.02,
              Range.between(0.0, 1.0),
              Importance.MEDIUM,
              "Gate flips: share of traffic that a candidate flags and the champion does not, or the other way round, at most.")
          .define(
              TLS_CERTIFICATE,
              Type.STRING,
              "",
              Importance.MEDIUM,
              "Certificate chain (PEM); with tls.key.file the registry speaks HTTPS only.")
          .define(
              TLS_KEY,
              Type.STRING,
              "",
              Importance.MEDIUM,
              "Private key (PEM, PKCS #8) of the certificate.")
          .define(
              HTTP_PLAIN_ALLOWED,
              Type.BOOLEAN,
              false,
              Importance.LOW,
              "Listen without TLS on another address than loopback, where tokens then cross the network for all to read: for a proxy in front that ends TLS.")
          .define(
              AUTH_TOKENS,
              Type.STRING,
              "",
              Importance.HIGH,
              "File of bearer tokens, a line each: NAME ROLE SHA-256-OF-THE-TOKEN (hex). Roles: reader, publisher, promoter, admin.")
          .define(
              AUTH_JWKS_URL,
              Type.STRING,
              "",
              Importance.MEDIUM,
              "URL of an OpenID provider's keys (JWKS); bearer tokens may then be its JWTs.")
          .define(
              AUTH_JWT_ISSUER,
              Type.STRING,
              "",
              Importance.MEDIUM,
              "Issuer (iss) that a JWT must have; required with auth.jwks.url.")
          .define(
              AUTH_JWT_AUDIENCE,
              Type.STRING,
              "shoal-model-registry",
              Importance.MEDIUM,
              "Audience (aud) that a JWT must have.")
          .define(
              AUTH_JWT_ROLE_CLAIM,
              Type.STRING,
              "shoal_role",
              Importance.LOW,
              "Claim of a JWT that holds the role, a word or a list of words.")
          .define(
              AUTH_ANONYMOUS_ROLE,
              Type.STRING,
              "",
              ValidString.in("", "none", "reader", "publisher", "promoter", "admin"),
              Importance.MEDIUM,
              "What callers without a token may do. Empty: everything where the registry listens on loopback and has neither tokens nor JWKS, else nothing.")
          .define(
              HTTP_REQUEST_BYTES_MAX,
              Type.INT,
              16 * MIB,
              Range.between(MIB, 1_024 * MIB),
              Importance.LOW,
              "Largest request body in bytes.")
          .define(
              HTTP_REQUESTS_PER_SECOND,
              Type.INT,
              5_000,
              Range.between(1, 1_000_000),
              Importance.LOW,
              "Requests that are answered in a second; what is beyond gets status 429.")
          .define(
              SIGNING_KEY,
              Type.STRING,
              "",
              Importance.MEDIUM,
              "Ed25519 private key (PEM, PKCS #8) that signs every announced version; sidecars can require it with model.signature.keys.")
          .define(
              CONSOLE_ENABLED,
              Type.BOOLEAN,
              true,
              Importance.MEDIUM,
              "Serve the web console at / (as far as it is on the class path).")
          .define(
              CONSOLE_PREDICTIONS,
              Type.INT,
              1_000_000,
              Range.between(1_000, 100_000_000),
              Importance.LOW,
              "Newest predictions that the console keeps in data.dir, about 500 bytes each; sums of older ones stay.")
          .define(
              CONSOLE_RATE,
              Type.INT,
              2_000,
              Range.between(10, 1_000_000),
              Importance.LOW,
              "Predictions that the console keeps of one second; those with the decision REVIEW always. What is beyond is counted and not listed.");

  /**
   * Checks the values.
   *
   * @throws io.shoal.config.ConfigException when one is unknown, missing or out of bounds
   */
  public RegistryConfig(Map<String, String> values) {
    super(OPTIONS, values);
  }

  /** The pipeline's topics. */
  public Topics topics() {
    return new Topics(getString(TOPIC_PREFIX));
  }

  Policy policy() {
    return Policy.of(getString(PROMOTION_POLICY));
  }

  GateBounds gateBounds() {
    return new GateBounds(
        getInt(GATES_VECTORS_MIN),
        getDouble(GATES_DISTANCE_RATIO_MAX),
        getDouble(GATES_DRIFT_MAX),
        getDouble(GATES_REVIEW_SHARE),
        getDouble(GATES_FLIPS_MAX));
  }

  /** A file that an option names; null where it names none. */
  @Nullable Path file(String option) {
    String name = getString(option);
    return name.isEmpty() ? null : Path.of(name);
  }

  /** The database's URL; the embedded one where none is configured. */
  public String jdbcUrl() {
    String url = getString(JDBC_URL);
    return url.isEmpty()
        ? "jdbc:h2:file:"
            + Path.of(getString(DATA_DIR)).toAbsolutePath().resolve("registry")
            + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=10000"
            // Of 8 by default: the statements of a few kinds of requests drive each other out.
            + ";QUERY_CACHE_SIZE=64"
        : url;
  }

  String jdbcPassword() {
    return secret(JDBC_PASSWORD);
  }

  private String secret(String option) {
    Password password = getPassword(option);
    return password == null ? "" : password.value();
  }

  /** The feature sets whose vectors are understood. */
  public List<FeatureSet> featureSets() {
    return Stream.concat(
            Stream.of(FeatureSet.cardTransactions()),
            getList(FEATURES_FILE).stream()
                .filter(name -> !name.isEmpty())
                .map(name -> FeatureSet.load(Path.of(name))))
        .toList();
  }

  /** Where artifacts are kept; null for the database. */
  S3ObjectStore.@Nullable Location objects() {
    String bucket = getString(ARTIFACTS_S3_BUCKET);
    if (bucket.isEmpty()) {
      return null;
    }
    String key = getString(ARTIFACTS_S3_ACCESS_KEY);
    String secret = secret(ARTIFACTS_S3_SECRET_KEY);
    if (key.isEmpty() != secret.isEmpty()) {
      throw new ConfigException(
          ARTIFACTS_S3_ACCESS_KEY + " and " + ARTIFACTS_S3_SECRET_KEY + " go together");
    }
    String endpoint = getString(ARTIFACTS_S3_ENDPOINT);
    try {
      return new S3ObjectStore.Location(
          bucket,
          endpoint.isEmpty() ? null : new URI(endpoint),
          getString(ARTIFACTS_S3_REGION),
          key.isEmpty() ? null : key,
          secret.isEmpty() ? null : secret);
    } catch (URISyntaxException e) {
      throw new ConfigException(ARTIFACTS_S3_ENDPOINT + " is no URL: " + e.getMessage(), e);
    }
  }
}
