package io.shoal.local.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shoal.embedded.EmbeddedKafka;
import io.shoal.embedded.EmbeddedSchemaRegistry;
import io.shoal.schemas.TopicCreator;
import io.shoal.schemas.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @TempDir static Path servers;
  private static EmbeddedKafka kafka;
  private static EmbeddedSchemaRegistry schemas;

  @TempDir Path dir;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start(servers.resolve("kafka"), 0);
    schemas = EmbeddedSchemaRegistry.start(servers.resolve("schemas"), 0);
  }

  @AfterAll
  static void close() {
    schemas.close();
    kafka.close();
  }

  @Test
  void shouldReplayFileAndAccountForEveryLine() throws Exception {
    Path file = dir.resolve("in.csv");
    StringBuilder text =
        new StringBuilder("transaction_id,event_time,customer_id,terminal_id,amount,fraud\n");
    for (int i = 0; i < 20_000; i++) {
      text.append(i)
          .append(",2018-04-01T")
          .append("%02d:%02d:%02dZ".formatted(i / 3_600, i / 60 % 60, i % 60))
          .append(",c" + i % 97 + ",t1,1.5,")
          .append(i % 1_000 == 0 ? "1\n" : "0\n");
    }
    text.append("not a transaction\n");
    Files.writeString(file, text);
    DemoSummary summary =
        run(
            DemoOptions.builder(dir)
                .transactions(file)
                .rate(DemoOptions.MAX_RATE)
                .labelDelay(Duration.ofHours(1))
                .predictions(dir.resolve("out.csv"))
                .build(),
            target("file."),
            n -> 1);
    assertThat(summary.exactlyOnce()).as(summary.toString()).isTrue();
    assertThat(summary.transactions()).isEqualTo(20_000);
    assertThat(summary.predictions()).isEqualTo(20_000);
    assertThat(summary.scored()).isEqualTo(20_000);
    assertThat(summary.foreign()).isZero();
    // Frauds of the first 16,399 seconds: their labels come an hour later.
    assertThat(summary.labels()).isEqualTo(17);
    assertThat(summary.deadLettersByReason()).isEqualTo(Map.of("malformed-line", 1L));
    assertThat(summary.latency().count()).isEqualTo(20_000);
    assertThat(summary.modelVersion()).isEqualTo(3);
    assertThat(summary.eventsLearned()).isEqualTo(7);
    assertThat(Files.readAllLines(dir.resolve("out.csv"))).hasSize(20_001);
  }

  @Test
  void shouldGoOnWithTheSimulationWhereItEnded() throws Exception {
    DemoTarget target = target("resumed.");
    DemoOptions options =
        DemoOptions.builder(dir)
            .limit(30_000)
            .rate(DemoOptions.MAX_RATE)
            .labelDelay(Duration.ofDays(1))
            .build();
    DemoSummary first = run(options, target, n -> 1);
    DemoSummary second = run(options, target, n -> n < 30_000 ? 0 : 1);
    assertThat(first.exactlyOnce()).as(first.toString()).isTrue();
    assertThat(second.exactlyOnce()).as(second.toString()).isTrue();
    assertThat(second.foreign()).isZero();
    assertThat(second.firstEventTime()).isAfterOrEqualTo(first.lastEventTime());
    assertThat(second.firstEventTime()).isBefore(first.lastEventTime().plusSeconds(600));
    assertThat(first.labels()).isPositive();
    assertThat(second.labels()).isGreaterThan(first.labels());
  }

  @Test
  void shouldReportDuplicatesAndLosses() throws Exception {
    DemoOptions options =
        DemoOptions.builder(dir).limit(5_000).rate(DemoOptions.MAX_RATE).fresh(true).build();
    DemoSummary twice = run(options, target("twice."), n -> n % 100 == 0 ? 2 : 1);
    assertThat(twice.duplicates()).isEqualTo(50);
    assertThat(twice.missing()).isZero();
    assertThat(twice.exactlyOnce()).isFalse();
    DemoTarget target = target("lossy.");
    try (EchoPipeline echo = echo(target, n -> n % 1_000 == 0 ? 0 : 1);
        Demo demo = new Demo(options, target)) {
      echo.start();
      demo.start();
      await().atMost(TIMEOUT).until(() -> demo.snapshot().predictions() == 4_995);
      assertThat(demo.snapshot().state()).isEqualTo(DemoState.DRAINING);
      assertThat(demo.stop().missing()).isEqualTo(5);
      assertThat(demo.stop().exactlyOnce()).isFalse();
    }
  }

  @Test
  void shouldStopEndlessRunInOrder() throws Exception {
    DemoTarget target = target("endless.");
    try (EchoPipeline echo = echo(target, n -> 1);
        Demo demo = new Demo(DemoOptions.builder(dir).rate(2_000).build(), target)) {
      echo.start();
      demo.start();
      await().atMost(TIMEOUT).until(() -> demo.snapshot().predictions() > 6_000);
      DemoSnapshot snapshot = demo.snapshot();
      assertThat(snapshot.state()).isEqualTo(DemoState.FEEDING);
      assertThat(snapshot.transactionsPerSecond()).isBetween(1_500.0, 2_500.0);
      assertThat(snapshot.predictionsPerSecond()).isBetween(1_000.0, 3_000.0);
      assertThat(snapshot.inFlight()).isLessThanOrEqualTo(Demo.IN_FLIGHT_MAX);
      assertThat(demo.awaitFinished(Duration.ZERO)).isFalse();
      DemoSummary summary = demo.stop();
      assertThat(summary.exactlyOnce()).as(summary.toString()).isTrue();
      assertThat(demo.snapshot().state()).isEqualTo(DemoState.FINISHED);
      assertThat(demo.stop()).isSameAs(summary);
    }
  }

  @Test
  void shouldBeClosedBeforeItIsStarted() {
    try (Demo demo = new Demo(DemoOptions.defaults(dir), target("unstarted."))) {
      assertThat(demo.stop().transactions()).isZero();
    }
    assertThat(dir).isEmptyDirectory();
  }

  private static DemoSummary run(
      DemoOptions options, DemoTarget target, EchoPipeline.Answers answers) throws Exception {
    try (EchoPipeline echo = echo(target, answers);
        Demo demo = new Demo(options, target)) {
      echo.start();
      demo.start();
      assertThat(demo.awaitFinished(TIMEOUT)).isTrue();
      return demo.stop();
    }
  }

  private static EchoPipeline echo(DemoTarget target, EchoPipeline.Answers answers) {
    return new EchoPipeline(
        target.bootstrapServers(), target.schemaRegistryUrl(), target.topics(), answers);
  }

  private static DemoTarget target(String prefix) {
    Topics topics = new Topics(prefix);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      TopicCreator.createMissing(admin, List.copyOf(topics.all(4, (short) 1)));
    }
    return new DemoTarget(kafka.bootstrapServers(), schemas.url(), topics, () -> 7L);
  }
}
