package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StandbyUpdateListener.SuspendReason;
import org.apache.kafka.streams.processor.TaskId;
import org.junit.jupiter.api.Test;

class ReadinessTest {
  private static final TopicPartition CHANGELOG = new TopicPartition("windows-changelog", 2);

  private final Readiness readiness = new Readiness(() -> 7);

  @Test
  void shouldSayWhatItStillRestores() {
    readiness.onRestoreStart(CHANGELOG, "windows", 100, 1_100);
    readiness.onBatchRestored(CHANGELOG, "windows", 399, 300);
    assertThat(readiness.answer().restoring())
        .containsExactly(new Readiness.Line("windows", 2, 700));
    assertThat(readiness.answer().modelVersion()).isEqualTo(7);
    readiness.onRestoreEnd(CHANGELOG, "windows", 1_000);
    assertThat(readiness.answer().restoring()).isEmpty();
  }

  @Test
  void shouldForgetAStateThatWentElsewhere() {
    readiness.onRestoreStart(CHANGELOG, "windows", 100, 1_100);
    readiness.onRestoreSuspended(CHANGELOG, "windows", 10);
    assertThat(readiness.answer().restoring()).isEmpty();
  }

  @Test
  void shouldSayHowFarReplicasAreBehind() {
    readiness.onUpdateStart(CHANGELOG, "windows", 0);
    readiness.onBatchLoaded(CHANGELOG, "windows", new TaskId(0, 2), 499, 500, 800);
    assertThat(readiness.answer().standby()).containsExactly(new Readiness.Line("windows", 2, 300));
    readiness.onUpdateSuspended(CHANGELOG, "windows", 800, 800, SuspendReason.PROMOTED);
    assertThat(readiness.answer().standby()).isEmpty();
  }

  @Test
  void shouldNotBeReadyBeforeItHasStreams() {
    assertThat(readiness.answer().ready()).isFalse();
    assertThat(readiness.ready().aggregate().join().status().code()).isEqualTo(503);
  }
}
