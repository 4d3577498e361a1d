package io.shoal.console.stream;

import io.shoal.console.model.VersionCache;
import io.shoal.console.stream.Health.Part;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.server.pipeline.Worker;
import io.shoal.registry.server.store.Stores;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.SchemaRegistryUnavailableException;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.LearnedOffset;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Looks every few seconds how the parts are. Sidecars are known by the consumer groups that read
 * the source topics, however many there are and wherever they run; the trainer by what its newest
 * version has learned from.
 */
public final class HealthWatch extends Worker {
  private static final long INTERVAL_MS = 3_000;
  private static final Duration CLOSE = Duration.ofSeconds(1);
  private static final int GROUPS_MAX = 50;
  private static final int MODELS_MAX = 50;

  /** Records behind the end from which on a part is called slow. */
  private static final long BEHIND_MAX = 50_000;

  private static final Duration VERSION_AGE_MAX = Duration.ofMinutes(30);

  private final Admin admin;
  private final SchemaRegistry schemas;
  private final Stores stores;
  private final VersionCache versions;
  private final Topics topics;
  private final List<String> sources;
  private final Live live;
  private final Clock clock;
  private final Semaphore pause = new Semaphore(0);
  private volatile Health health = Health.UNKNOWN;

  /**
   * A watch; {@link #start} starts it.
   *
   * @param sources topics that sidecars read
   */
  public HealthWatch(
      ConsoleKafka kafka,
      SchemaRegistry schemas,
      Stores stores,
      VersionCache versions,
      Topics topics,
      List<String> sources,
      Live live,
      Clock clock) {
    super("console-health");
    this.admin = kafka.admin();
    this.schemas = schemas;
    this.stores = stores;
    this.versions = versions;
    this.topics = topics;
    this.sources = List.copyOf(sources);
    this.live = live;
    this.clock = clock;
  }

  /** How it was when it was looked at last. */
  public Health health() {
    return health;
  }

  @Override
  protected void work() throws InterruptedException {
    List<Part> parts = new ArrayList<>();
    parts.add(registry());
    try {
      parts.add(kafka());
      parts.add(schemaRegistry());
      parts.add(trainer());
      parts.addAll(sidecars());
    } catch (ExecutionException | KafkaException e) {
      Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
      parts.add(Part.down("Kafka", "does not answer: " + cause.getMessage()));
    }
    parts.add(console());
    health = new Health(clock.millis(), List.copyOf(parts));
    if (pause.tryAcquire(INTERVAL_MS, TimeUnit.MILLISECONDS)) {
      pause.drainPermits();
    }
  }

  private Part registry() {
    try {
      int models = stores.models().names("", 1_000).size();
      return Part.ok("Model registry", models + (models == 1 ? " model" : " models"), null);
    } catch (RuntimeException e) {
      return Part.down("Model registry", "its database does not answer");
    }
  }

  private Part kafka() throws ExecutionException, InterruptedException {
    var cluster = admin.describeCluster();
    int nodes = cluster.nodes().get().size();
    return Part.ok("Kafka", nodes + (nodes == 1 ? " broker" : " brokers"), null);
  }

  private Part schemaRegistry() {
    try {
      boolean known = schemas.latest(SchemaRegistry.valueSubject(topics.predictions())).isPresent();
      return Part.ok("Schema registry", known ? "answers" : "answers; no predictions yet", null);
    } catch (SchemaRegistryUnavailableException e) {
      return Part.down("Schema registry", "does not answer");
    }
  }

  /** By the newest version and how much has been logged after what it learned from. */
  private Part trainer() throws ExecutionException, InterruptedException {
    Optional<RegisteredVersion> newest =
        stores.models().names("", MODELS_MAX).stream()
            .flatMap(model -> stores.versions().page(model, Long.MAX_VALUE, 1).stream())
            .max((a, b) -> a.registeredAt().compareTo(b.registeredAt()));
    if (newest.isEmpty()) {
      return Part.warn("Trainer", "no version yet", null);
    }
    Duration age = Duration.between(newest.get().registeredAt(), clock.instant());
    Map<TopicPartition, Long> learned =
        versions
            .find(newest.get())
            .map(VersionCache.Content::version)
            .map(
                version ->
                    version.getOffsets().stream()
                        .collect(
                            Collectors.toMap(
                                o -> new TopicPartition(o.getTopic(), o.getPartition()),
                                LearnedOffset::getNextOffset)))
            .orElseGet(Map::of);
    Long behind = learned.isEmpty() ? null : behind(learned);
    String detail =
        newest.get().model() + " version " + newest.get().version() + ", " + text(age) + " ago";
    boolean slow = age.compareTo(VERSION_AGE_MAX) > 0 && behind != null && behind > BEHIND_MAX;
    return slow ? Part.warn("Trainer", detail, behind) : Part.ok("Trainer", detail, behind);
  }

  private List<Part> sidecars() throws ExecutionException, InterruptedException {
    List<String> groups =
        admin.listGroups(ListGroupsOptions.forConsumerGroups()).all().get().stream()
            .map(GroupListing::groupId)
            .limit(GROUPS_MAX)
            .toList();
    List<Part> parts = new ArrayList<>();
    for (String group : groups) {
      Map<TopicPartition, OffsetAndMetadata> committed =
          admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
      Map<TopicPartition, Long> positions = new HashMap<>();
      committed.forEach(
          (partition, offset) -> {
            if (offset != null && sources.contains(partition.topic())) {
              positions.put(partition, offset.offset());
            }
          });
      if (!positions.isEmpty()) {
        parts.add(sidecar(group, positions));
      }
    }
    return parts.isEmpty() ? List.of(Part.down("Sidecar", "none has read a source yet")) : parts;
  }

  private Part sidecar(String group, Map<TopicPartition, Long> positions)
      throws ExecutionException, InterruptedException {
    ConsumerGroupDescription description =
        admin.describeConsumerGroups(List.of(group)).all().get().get(group);
    long behind = behind(positions);
    String name = "Sidecar " + group;
    if (description == null || description.members().isEmpty()) {
      return Part.down(name, "no instance is running");
    }
    int members = description.members().size();
    String detail =
        members
            + (members == 1 ? " thread, " : " threads, ")
            + description.groupState().toString().toLowerCase(Locale.ROOT);
    return behind > BEHIND_MAX ? Part.warn(name, detail, behind) : Part.ok(name, detail, behind);
  }

  private Part console() {
    Live.Now now = live.now(clock.millis());
    return now.caughtUp()
        ? Part.ok("Console", "reads along", now.lag())
        : Part.warn("Console", "is catching up", now.lag());
  }

  private long behind(Map<TopicPartition, Long> positions)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    positions.keySet().forEach(partition -> asked.put(partition, OffsetSpec.latest()));
    var ends = admin.listOffsets(asked).all().get();
    long behind = 0;
    for (Map.Entry<TopicPartition, Long> position : positions.entrySet()) {
      var end = ends.get(position.getKey());
      behind += end == null ? 0 : Math.max(0, end.offset() - position.getValue());
    }
    return behind;
  }

  private static String text(Duration age) {
    long seconds = Math.max(age.toSeconds(), 0);
    return seconds < 120
        ? seconds + " s"
        : seconds < 7_200 ? seconds / 60 + " min" : seconds / 3_600 + " h";
  }

  @Override
  public void wake() {
    pause.release();
  }

  @Override
  protected void release() {
    admin.close(CLOSE);
  }
}
