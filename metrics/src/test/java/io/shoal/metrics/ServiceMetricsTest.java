package io.shoal.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.micrometer.core.instrument.Counter;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServiceMetricsTest {
  private final ServiceMetrics metrics = new ServiceMetrics("test");
  private Server server;

  @BeforeEach
  void start() {
    ServerBuilder builder = Server.builder().http(0);
    metrics.serve(builder);
    server = builder.build();
    server.start().join();
  }

  @AfterEach
  void stop() {
    server.stop().join();
    metrics.close();
  }

  @Test
  void shouldTellOfJvmProcessAndService() {
    assertThat(read())
        .contains("jvm_memory_used_bytes{", "process_uptime_seconds", "jvm_threads_live_threads")
        .containsPattern("shoal_build_info\\{service=\"test\",version=\"[^\"]+\"} 1");
  }

  @Test
  void shouldCallOursInKafkaByOurName() {
    Counter.builder("kafka.shoal.features.late.events.total").register(metrics.registry());
    Counter.builder("kafka.stream.state").register(metrics.registry());

    assertThat(read())
        .contains("shoal_features_late_events_total 0", "kafka_stream_state_total 0")
        .doesNotContain("kafka_shoal");
  }

  @Test
  void shouldGiveAllKindsOfStoresOneTagAndLeaveOutWhatNobodyReads() {
    Counter.builder("kafka.stream.state.bytes.read")
        .tag("rocksdb.window.state.id", "ledger")
        .register(metrics.registry());
    Counter.builder("kafka.stream.state.bytes.read")
        .tag("in.memory.state.id", "outbox")
        .register(metrics.registry());
    Counter.builder("kafka.stream.state.bytes.read")
        .tag("rocksdb.state.id", "models")
        .register(metrics.registry());
    Counter.builder("kafka.consumer.node.request").register(metrics.registry());

    assertThat(read())
        .contains(
            "kafka_stream_state_bytes_read_total{rocksdb_state_id=\"ledger\"} 0",
            "kafka_stream_state_bytes_read_total{rocksdb_state_id=\"outbox\"} 0",
            "kafka_stream_state_bytes_read_total{rocksdb_state_id=\"models\"} 0")
        .doesNotContain("kafka_consumer_node");
  }

  @Test
  void shouldCountWhatIsBelowOneInItsBucket() {
    DoubleConsumer scores = metrics.histogram("score", "Scores.", 0.5, 0.99);
    scores.accept(0.3);
    scores.accept(0.98);
    scores.accept(0.999);

    assertThat(read())
        .contains(
            "score_bucket{le=\"0.5\"} 1",
            "score_bucket{le=\"0.99\"} 2",
            "score_bucket{le=\"+Inf\"} 3");
  }

  @Test
  void shouldRefreshBeforeEachReadingAndSurviveAFailure() {
    AtomicInteger readings = new AtomicInteger();
    AtomicBoolean broken = new AtomicBoolean();
    metrics.registry().gauge("readings", readings);
    metrics.beforeReading(
        () -> {
          if (broken.get()) {
            throw new IllegalStateException("the database is away");
          }
          readings.incrementAndGet();
        });

    assertThat(read()).contains("readings 1.0");
    assertThat(read()).contains("readings 2.0");
    broken.set(true);
    assertThat(read()).contains("readings 2.0");
  }

  private String read() {
    return WebClient.of("http://127.0.0.1:" + server.activeLocalPort())
        .get(ServiceMetrics.PATH)
        .aggregate()
        .join()
        .contentUtf8();
  }
}
