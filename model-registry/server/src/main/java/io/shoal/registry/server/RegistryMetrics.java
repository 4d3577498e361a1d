package io.shoal.registry.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.shoal.metrics.ServiceMetrics;
import io.shoal.registry.client.ModelAlias;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.server.store.Database;
import io.shoal.registry.server.store.Stores;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** What the registry says of itself, beside its HTTP, its connections and the JVM. */
final class RegistryMetrics {
  /** Models that are told of, the first by name: each is some series. */
  private static final int MODELS_MAX = 200;

  private static final int OUTBOX_MAX = 1_000;

  private final ServiceMetrics metrics = new ServiceMetrics("registry");
  private final Stores stores;
  private final Clock clock;
  private final AtomicInteger unannounced = new AtomicInteger();
  private final MultiGauge versions;
  private final MultiGauge ages;

  RegistryMetrics(Database database, Stores stores, BooleanSupplier active, Clock clock) {
    this.stores = stores;
    this.clock = clock;
    MeterRegistry registry = metrics.registry();
    database.measure(registry);
    Gauge.builder("shoal.registry.active", () -> active.getAsBoolean() ? 1 : 0)
        .description("1 where candidates are taken and announcements made: one of all instances.")
        .register(registry);
    Gauge.builder("shoal.registry.unannounced", unannounced, AtomicInteger::get)
        .description("Changes of aliases that sidecars have not been told yet, 1000 at most.")
        .register(registry);
    versions =
        MultiGauge.builder("shoal.registry.alias.version")
            .description("Version that an alias names.")
            .register(registry);
    ages =
        MultiGauge.builder("shoal.registry.alias.age")
            .baseUnit("seconds")
            .description("Time since an alias was moved.")
            .register(registry);
    metrics.beforeReading(this::refresh);
  }

  ServiceMetrics service() {
    return metrics;
  }

  /** Takes note of a version that was numbered. */
  void registered(RegisteredVersion version) {
    Counter.builder("shoal.registry.versions")
        .tag("state", version.state().name())
        .description("Versions that were numbered; those REJECTED did not pass the checks.")
        .register(metrics.registry())
        .increment();
  }

  private void refresh() {
    unannounced.set(stores.outbox().first(OUTBOX_MAX).size());
    List<MultiGauge.Row<?>> numbers = new ArrayList<>();
    List<MultiGauge.Row<?>> times = new ArrayList<>();
    for (String model : stores.models().names("", MODELS_MAX)) {
      for (ModelAlias alias : stores.aliases().list(model)) {
        Tags tags = Tags.of("model", model, "alias", alias.alias());
        numbers.add(MultiGauge.Row.of(tags, alias.version()));
        Duration age = Duration.between(alias.changedAt(), clock.instant());
        times.add(MultiGauge.Row.of(tags, age.toMillis() / 1_000.0));
      }
    }
    versions.register(numbers, true);
    ages.register(times, true);
  }
}
