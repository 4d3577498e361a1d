package io.shoal.registry.server.security;

import static io.shoal.registry.server.TestModels.MODEL;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import io.shoal.registry.client.Sha256;
import io.shoal.registry.server.RunningRegistry;
import io.shoal.registry.server.RunningRegistry.Answer;
import io.shoal.registry.server.store.Policy;
import io.shoal.registry.server.store.TestDatabases;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecurityIT {
  private static final String ALIAS = "/api/v1/models/" + MODEL + "/aliases/canary";
  private static final String CHANGE = "{\"version\":1,\"reason\":\"try\"}";
  private static final String ISSUER = "https://id.example";

  @TempDir Path folder;
  private RunningRegistry registry;
  private HttpServer provider;
  private ECKey key;

  @BeforeEach
  void start() throws Exception {
    Path tokens =
        Files.writeString(
            folder.resolve("tokens"),
            """
            # one a line
            rita reader %s
            pia publisher %s

            paul promoter %s
            ada admin %s
            """
                .formatted(Sha256.hex("r"), Sha256.hex("p"), Sha256.hex("pp"), Sha256.hex("a")));
    key = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
    provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    provider.createContext(
        "/keys",
        exchange -> {
          byte[] keys = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, keys.length);
          exchange.getResponseBody().write(keys);
          exchange.close();
        });
    provider.start();
    String keys = "http://127.0.0.1:" + provider.getAddress().getPort() + "/keys";
    registry =
        new RunningRegistry(
            TestDatabases.h2(folder.resolve("db")),
            Policy.AUTOMATIC,
            List.of(new TokenFile(tokens), new JwtVerifier(keys, ISSUER, "registry", "role")),
            Role.NONE,
            1_000_000);
    registry.register("job", 1);
  }

  @AfterEach
  void stop() {
    registry.close();
    provider.stop(0);
  }

  @Test
  void shouldLetEachRoleDoItsPartOnly() throws Exception {
    assertThat(read("r").status()).isEqualTo(200);
    assertThat(promote("r", CHANGE).status()).isEqualTo(403);
    assertThat(promote("p", CHANGE).status()).isEqualTo(403);
    Answer promoted = promote("pp", CHANGE);
    assertThat(promoted.status()).as(promoted.toString()).isEqualTo(200);
    assertThat(registry.stores().log().page(MODEL, Long.MAX_VALUE, 1).get(0).changedBy())
        .as("by the token, not by the request")
        .isEqualTo("paul");
    String webhooks = "/api/v1/webhooks";
    assertThat(send("pp", registry.request(webhooks)).status()).isEqualTo(403);
    assertThat(send("a", registry.request(webhooks)).status()).isEqualTo(200);
  }

  @Test
  void shouldAskForATokenAndNotRepeatIt() throws Exception {
    Answer none = registry.get("/api/v1/models");
    assertThat(none.status()).isEqualTo(401);
    assertThat(none.header("www-authenticate")).isEqualTo("Bearer");
    Answer wrong = read("guess");
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(wrong.raw().body()).contains("UNAUTHENTICATED").doesNotContain("guess");
    assertThat(registry.get("/health").status()).isEqualTo(200);
  }

  @Test
  void shouldNotBeDeceivedByOtherSpellingsOfAnAddress() throws Exception {
    for (String path :
        new String[] {
          "/%61pi/v1/models",
          "//api/v1/models",
          "/x/../api/v1/models",
          "/x/%2e%2e/api/v1/models",
          "/API/v1/models",
          "/api%2fv1/models",
          "/api;x/v1/models"
        }) {
      assertThat(registry.get(path).status()).as(path).isIn(400, 401, 404);
    }
  }

  @Test
  void shouldRefuseToActInAnothersName() throws Exception {
    Answer answer = promote("pp", "{\"version\":1,\"reason\":\"x\",\"by\":\"ada\"}");

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.body().at("/message").asText()).contains("paul's");
  }

  @Test
  void shouldTakeTokensOfTheIdentityProvider() throws Exception {
    assertThat(promote(jwt(ISSUER, "promoter", 60), CHANGE).status()).isEqualTo(200);
    assertThat(registry.stores().log().page(MODEL, Long.MAX_VALUE, 1).get(0).changedBy())
        .isEqualTo("olga");
    assertThat(promote(jwt(ISSUER, "reader", 60), CHANGE).status()).isEqualTo(403);
    assertThat(promote(jwt(ISSUER, "nobody", 60), CHANGE).status()).isEqualTo(403);
    assertThat(read(jwt(ISSUER, "promoter", -3_600)).status()).as("expired").isEqualTo(401);
    assertThat(read(jwt("https://evil.example", "admin", 60)).status()).isEqualTo(401);
  }

  @Test
  void shouldNotServePagesOfOtherSites() throws Exception {
    Answer answer =
        send("a", registry.request("/api/v1/models").header("origin", "https://evil.example"));

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.raw().headers().map()).doesNotContainKey("access-control-allow-origin");
  }

  @Test
  void shouldAnswerTooManyRequestsBeyondTheRate() throws Exception {
    try (RunningRegistry slow =
        new RunningRegistry(
            TestDatabases.h2(folder.resolve("slow")), Policy.AUTOMATIC, List.of(), Role.ADMIN, 1)) {
      Answer answer = slow.get("/api/v1/models");
      for (int i = 0; i < 20 && answer.status() == 200; i++) {
        answer = slow.get("/api/v1/models");
      }
      assertThat(answer.status()).isEqualTo(429);
      assertThat(answer.body().at("/error_code").asText()).isEqualTo("REQUEST_LIMIT_EXCEEDED");
    }
  }

  @Test
  void shouldRefuseWhatIsTooLarge() throws Exception {
    Answer answer =
        send(
            "a",
            registry
                .request("/api/v1/models/" + MODEL + "/versions")
                .POST(BodyPublishers.ofByteArray(new byte[2 << 20])));

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.body().at("/message").asText()).contains("http.request.bytes.max");
  }

  private String jwt(String issuer, String role, long validSeconds) throws Exception {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("1").build(),
            new JWTClaimsSet.Builder()
                .issuer(issuer)
                .subject("olga")
                .audience("registry")
                .claim("role", List.of("other", role))
                .expirationTime(Date.from(Instant.now().plusSeconds(validSeconds)))
                .build());
    jwt.sign(new ECDSASigner(key));
    return jwt.serialize();
  }

  private Answer read(String token) throws Exception {
    return send(token, registry.request("/api/v1/models"));
  }

  private Answer promote(String token, String body) throws Exception {
    return send(token, registry.request(ALIAS).PUT(BodyPublishers.ofString(body)));
  }

  private Answer send(String token, HttpRequest.Builder request) throws Exception {
    return registry.send(request.header("authorization", "Bearer " + token));
  }
}
