package io.shoal.benchmarks.training;

import io.shoal.benchmarks.RegistryProcess;
import io.shoal.jobs.LocalTrainer;
import io.shoal.registry.client.ModelRegistryClient;
import io.shoal.registry.client.ModelRegistryException;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.schemas.TopicCreator;
import io.shoal.schemas.Topics;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;

/** From the batch that made a version to the registry that has it, each a process of its own. */
final class VersionDelay {
  private static final String MODEL = "delay";
  private static final int HEAP_MIB = 256;

  /** Vectors that come within a tenth of a second. */
  private static final int ARRIVING = 500;

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private VersionDelay() {}

  /**
   * Milliseconds of each of so many versions, without the first, which waits for classes to load.
   */
  static double[] measure(
      KafkaJobs jobs, Path folder, String brokers, String schemaUrl, int versions, int intervalMs)
      throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      TopicCreator.createMissing(admin, new Topics("").all(1, (short) 1));
    }
    Path config =
        Files.writeString(
            folder.resolve("registry.properties"),
            """
            bootstrap.servers=%s
            schema.registry.url=%s
            http.port=0
            data.dir=%s
            """
                .formatted(brokers, schemaUrl, folder.resolve("registry")));
    // New vectors alone, which come while this waits: there are always some for a next version.
    Map<String, String> cadence =
        Map.of(
            "model.name",
            MODEL,
            "checkpoint.interval.ms",
            String.valueOf(intervalMs),
            "publish.interval.ms",
            "500",
            "start.from",
            "latest");
    try (RegistryProcess registry = RegistryProcess.start(config, HEAP_MIB);
        LocalTrainer trainer = LocalTrainer.start(jobs.config(folder.resolve("delay"), cadence))) {
      ModelRegistryClient client = new ModelRegistryClient(URI.create(registry.url()), null);
      long untilNs = System.nanoTime() + PATIENCE.toNanos();
      List<RegisteredVersion> known = versions(client);
      while (known.size() <= versions) {
        if (System.nanoTime() > untilNs) {
          throw new IllegalStateException("only " + known.size() + " versions were registered");
        }
        jobs.append(ARRIVING);
        LockSupport.parkNanos(100_000_000);
        known = versions(client);
      }
      return known.stream()
          .filter(version -> version.sequence() > 1)
          .limit(versions)
          .mapToDouble(v -> Duration.between(v.createdAt(), v.registeredAt()).toNanos() / 1e6)
          .toArray();
    }
  }

  private static List<RegisteredVersion> versions(ModelRegistryClient client) {
    try {
      return client.versions(MODEL, Long.MAX_VALUE, 1_000);
    } catch (ModelRegistryException notYet) {
      return List.of();
    }
  }
}
