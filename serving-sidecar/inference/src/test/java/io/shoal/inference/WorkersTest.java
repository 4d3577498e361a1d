package io.shoal.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class WorkersTest {
  @Test
  void shouldRefuseWhatExceedsTheQueueAtOnce() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    try (Workers workers = new Workers(1, 1)) {
      CompletableFuture<String> working =
          workers.submit(
              () -> {
                begun.countDown();
                await(end);
                return "first";
              });
      begun.await();
      CompletableFuture<String> waiting = workers.submit(() -> "second");

      assertThat(workers.waiting()).isEqualTo(1);
      assertThatThrownBy(() -> workers.submit(() -> "third").get())
          .hasCauseInstanceOf(OverloadedException.class)
          .hasMessageContaining("1 requests wait already; try again in 1 s");

      end.countDown();
      assertThat(working.get()).isEqualTo("first");
      assertThat(waiting.get()).isEqualTo("second");
      assertThat(workers.submit(() -> "fourth").get()).isEqualTo("fourth");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
