package io.shoal.registry.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP with a timeout for each try, retries where they do no harm, and a bounded cache: what was
 * read before is asked for with its entity tag, and a registry that has nothing newer sends no
 * body.
 */
final class Transport {
  private static final Logger log = LoggerFactory.getLogger(Transport.class);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Set<Integer> TRY_AGAIN = Set.of(429, 502, 503, 504);
  private static final int NOT_MODIFIED = 304;
  private static final int CACHE_ENTRIES = 500;
  private static final int CACHED_BYTES_MAX = 1 << 20;
  private static final long PAUSE_MAX_MS = 2_000;

  private final URI base;
  private final @Nullable String token;
  private final Duration timeout;
  private final int attempts;
  private final long pauseMs;
  private final JsonMapper json;
  private final HttpClient http;
  private final Map<String, Cached> cache =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Cached> eldest) {
          return size() > CACHE_ENTRIES;
        }
      };

  /** An answer that was read before. */
  private record Cached(String tag, byte[] body) {}

  /**
   * @param ca certificates to trust; null for those that this JVM trusts
   * @param attempts for a request that may be sent again
   * @param pauseMs before the second attempt; doubles from then on
   */
  Transport(
      URI base,
      @Nullable String token,
      @Nullable Path ca,
      Duration timeout,
      int attempts,
      long pauseMs,
      JsonMapper json) {
    this.base = base;
    this.token = token;
    this.timeout = timeout;
    this.attempts = attempts;
    this.pauseMs = pauseMs;
    this.json = json;
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT);
    this.http =
        (ca == null ? builder : builder.sslContext(TrustedCertificates.context(ca))).build();
    if (token != null && !isPrivate(base)) {
      log.warn("the token goes to {} unencrypted, for all on the way to read; use https", base);
    }
  }

  /** Whether nobody else can read what is sent there. */
  private static boolean isPrivate(URI base) {
    String host = String.valueOf(base.getHost());
    return "https".equals(base.getScheme())
        || host.equals("localhost")
        || host.equals("[::1]")
        || host.startsWith("127.");
  }

  /** Reads; tries again when there is no answer. */
  byte[] get(String path) {
    Cached cached = cached(path);
    HttpRequest.Builder request = request(path).GET();
    if (cached != null) {
      request.header("if-none-match", cached.tag());
    }
    HttpResponse<byte[]> answer = send(request.build(), attempts);
    if (answer.statusCode() == NOT_MODIFIED && cached != null) {
      return cached.body();
    }
    byte[] body = checked(answer).body();
    answer.headers().firstValue("etag").ifPresent(tag -> keep(path, tag, body));
    return body;
  }

  /**
   * Changes; is sent once, because it may have been done although no answer came.
   *
   * @param body as JSON; null for none
   */
  byte[] change(String method, String path, @Nullable Object body) {
    BodyPublisher content =
        body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(bytes(body));
    return checked(send(request(path).method(method, content).build(), 1)).body();
  }

  /** Sends bytes that do no harm when they come twice. */
  byte[] offer(String path, byte[] body) {
    return checked(send(request(path).POST(BodyPublishers.ofByteArray(body)).build(), attempts))
        .body();
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(timeout);
    if (token != null) {
      request.header("authorization", "Bearer " + token);
    }
    return request;
  }

  private HttpResponse<byte[]> send(HttpRequest request, int tries) {
    try {
      for (int attempt = 1; ; attempt++) {
        try {
          HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
          if (attempt == tries || !TRY_AGAIN.contains(answer.statusCode())) {
            return answer;
          }
        } catch (SSLHandshakeException e) {
          throw new ModelRegistryException(
              "the certificate of the model registry at "
                  + base
                  + " is not trusted ("
                  + e.getMessage()
                  + "); name its authority's, as PEM, in "
                  + ModelRegistryClient.CA,
              e);
        } catch (IOException e) {
          if (attempt == tries) {
            throw new ModelRegistryException(
                "the model registry at "
                    + base
                    + " does not answer ("
                    + e
                    + "); does it run there?",
                e);
          }
        }
        pause(attempt);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ModelRegistryException("interrupted while asking " + base, e);
    }
  }

  /** Doubles, with jitter: many clients must not come back at the same moment. */
  private void pause(int attempt) throws InterruptedException {
    long longest = Math.min(PAUSE_MAX_MS, pauseMs << Math.min(attempt - 1, 10));
    TimeUnit.MILLISECONDS.sleep(
        longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1));
  }

  private HttpResponse<byte[]> checked(HttpResponse<byte[]> answer) {
    if (answer.statusCode() / 100 == 2) {
      return answer;
    }
    String code = "HTTP_" + answer.statusCode();
    String message = "status " + answer.statusCode() + " from " + answer.uri();
    try {
      JsonNode error = json.readTree(answer.body());
      code = error.path("error_code").asText(code);
      message = error.path("message").asText(message);
    } catch (IOException e) {
      // Not the registry's own words: some proxy's.
    }
    throw new ModelRegistryException(answer.statusCode(), code, message);
  }

  private byte[] bytes(Object body) {
    try {
      return json.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + body, e);
    }
  }

  private @Nullable Cached cached(String path) {
    synchronized (cache) {
      return cache.get(path);
    }
  }

  private void keep(String path, String tag, byte[] body) {
    if (body.length <= CACHED_BYTES_MAX) {
      synchronized (cache) {
        cache.put(path, new Cached(tag, body));
      }
    }
  }
}
