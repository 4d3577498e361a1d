package io.shoal.benchmarks;

import com.linecorp.armeria.server.healthcheck.SettableHealthChecker;
import io.shoal.features.FeatureReplay.StateStore;
import io.shoal.features.FeatureSet;
import io.shoal.features.StateUnit;
import io.shoal.serving.FeatureServer;
import io.shoal.serving.SkewReport;
import io.shoal.serving.StateLookup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** How long a client on this machine waits for the features of one row. */
final class LookupLatency {
  private static final int ROUNDS = 5;

  private LookupLatency() {}

  /** The 99th percentile of one request after the other: the best round's. */
  static double p99Ms(
      FeatureSet features,
      Function<StateUnit, StateStore> stores,
      IntFunction<String> customers,
      IntFunction<String> terminals,
      int requests)
      throws IOException {
    try (FeatureServer server =
        FeatureServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            features,
            new StoreLookup(stores),
            Clock.systemUTC(),
            new SkewReport(features),
            new SettableHealthChecker())) {
      HttpClient http = HttpClient.newHttpClient();
      String base = "http://127.0.0.1:" + server.port() + "/get-online-features";
      double best = Double.POSITIVE_INFINITY;
      round(http, base, customers, terminals, requests); // warms up
      for (int i = 0; i < ROUNDS; i++) {
        best = Math.min(best, round(http, base, customers, terminals, requests));
      }
      return best;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static double round(
      HttpClient http,
      String base,
      IntFunction<String> customers,
      IntFunction<String> terminals,
      int requests)
      throws IOException, InterruptedException {
    long[] nanos = new long[requests];
    for (int i = 0; i < requests; i++) {
      HttpRequest request = request(base, customers.apply(i), terminals.apply(i));
      long startedNs = System.nanoTime();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      nanos[i] = System.nanoTime() - startedNs;
      if (answer.statusCode() != 200) {
        throw new IllegalStateException("the server answers " + answer.body());
      }
    }
    Arrays.sort(nanos);
    return nanos[requests * 99 / 100] / 1e6;
  }

  private static HttpRequest request(String base, String customer, String terminal) {
    return HttpRequest.newBuilder(URI.create(base))
        .header("Content-Type", "application/json")
        .POST(
            HttpRequest.BodyPublishers.ofString(
                "{\"entities\": {\"customer_id\": [\"%s\"], \"terminal_id\": [\"%s\"], \"amount\": [9.5]}}"
                    .formatted(customer, terminal)))
        .build();
  }

  private record StoreLookup(Function<StateUnit, StateStore> stores) implements StateLookup {
    @Override
    public byte @Nullable [] get(StateUnit unit, String entityKey) {
      return stores.apply(unit).get(entityKey);
    }

    @Override
    public boolean isLocal(StateUnit unit, String entityKey) {
      return true;
    }

    @Override
    public byte @Nullable [] getLocal(StateUnit unit, String entityKey) {
      return get(unit, entityKey);
    }
  }
}
