package io.shoal.registry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.server.Server;
import io.shoal.metrics.ServiceMetrics;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.server.events.EventFeed;
import io.shoal.registry.server.events.WebhookSender;
import io.shoal.registry.server.gates.GateBounds;
import io.shoal.registry.server.gates.Gates;
import io.shoal.registry.server.gates.RecentVectors;
import io.shoal.registry.server.http.RegistryHttp;
import io.shoal.registry.server.pipeline.Registrar;
import io.shoal.registry.server.security.Guard;
import io.shoal.registry.server.security.Role;
import io.shoal.registry.server.security.TokenVerifier;
import io.shoal.registry.server.store.AliasPolicy;
import io.shoal.registry.server.store.Database;
import io.shoal.registry.server.store.Policy;
import io.shoal.registry.server.store.Stores;
import io.shoal.registry.server.store.TestDatabases;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A registry without Kafka: database, HTTP, events and webhooks. */
public final class RunningRegistry implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final int BYTES_MAX = 1 << 20;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Database database;
  private final Stores stores;
  private final Registrar registrar;
  private final EventFeed feed;
  private final WebhookSender sender;
  private final Server server;

  /** An answer, its body as JSON where it is that. */
  public record Answer(int status, JsonNode body, HttpResponse<String> raw) {
    /** A header, empty where it is missing. */
    public String header(String name) {
      return raw.headers().firstValue(name).orElse("");
    }
  }

  /** A registry on the embedded database in a folder, open to all. */
  public static RunningRegistry open(Path folder) {
    return new RunningRegistry(
        TestDatabases.h2(folder), Policy.AUTOMATIC, List.of(), Role.ADMIN, 1_000_000);
  }

  /** A registry on this database, which it closes. */
  public RunningRegistry(
      Database database,
      Policy policy,
      List<TokenVerifier> verifiers,
      Role anonymous,
      int requestsPerSecond) {
    this(database, policy, verifiers, anonymous, requestsPerSecond, null, null);
  }

  /** A registry that speaks TLS. */
  public static RunningRegistry withTls(Path folder, Path certificate, Path key) {
    return new RunningRegistry(
        TestDatabases.h2(folder),
        Policy.AUTOMATIC,
        List.of(),
        Role.ADMIN,
        1_000_000,
        certificate,
        key);
  }

  private RunningRegistry(
      Database database,
      Policy policy,
      List<TokenVerifier> verifiers,
      Role anonymous,
      int requestsPerSecond,
      @Nullable Path certificate,
      @Nullable Path key) {
    this.database = database;
    Clock clock = Clock.systemUTC();
    this.stores = Stores.in(database.jdbi(), clock, policy, 1_000);
    Gates gates =
        new Gates(
            new GateBounds(200, 1.1, 0.25, 0.01, 0.02),
            new RecentVectors(100),
            (fingerprint, names) -> Optional.empty(),
            model -> Optional.empty());
    this.registrar = new Registrar(stores.versions(), gates);
    this.feed = new EventFeed(stores.log(), RegistryHttp.json());
    this.sender = new WebhookSender(stores.webhooks(), RegistryHttp.json(), clock);
    this.server =
        RegistryHttp.server(
            new RegistryHttp.Listening(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                certificate,
                key,
                BYTES_MAX,
                requestsPerSecond),
            stores,
            registrar,
            new AliasPolicy(policy, Set.of("champion")),
            new Guard(verifiers, anonymous),
            feed,
            new ServiceMetrics("registry"),
            feed::wake,
            RegistryHttp::listAddresses,
            clock);
    server.start().join();
    feed.start();
    sender.start();
  }

  /** Its stores. */
  public Stores stores() {
    return stores;
  }

  /** Its HTTP server. */
  public Server server() {
    return server;
  }

  /** Base URL. */
  public String url() {
    String scheme = server.activePort().hasTls() ? "https" : "http";
    return scheme + "://127.0.0.1:" + server.activeLocalPort();
  }

  /** Takes a candidate. */
  public RegisteredVersion register(String job, long sequence) {
    return registrar.register(TestModels.candidate(job, sequence));
  }

  /** A request to an address under the base URL. */
  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url() + path)).timeout(TIMEOUT);
  }

  /** Sends a request. */
  public Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> raw = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    boolean json = raw.headers().firstValue("content-type").orElse("").contains("json");
    return new Answer(
        raw.statusCode(),
        json ? JSON.readTree(raw.body()) : JSON.getNodeFactory().textNode(raw.body()),
        raw);
  }

  /** Sends a GET. */
  public Answer get(String path) throws IOException, InterruptedException {
    return send(request(path));
  }

  /** Sends a body with some method. */
  public Answer send(String method, String path, String body)
      throws IOException, InterruptedException {
    return send(request(path).method(method, HttpRequest.BodyPublishers.ofString(body)));
  }

  @Override
  public void close() {
    sender.close();
    feed.close();
    // The port is free at once; what takes two seconds more is Netty's own rest.
    var unused = server.closeAsync();
    database.close();
  }
}
