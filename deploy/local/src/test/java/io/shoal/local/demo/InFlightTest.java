package io.shoal.local.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InFlightTest {
  private static final long LONG_MS = 30_000;

  @Test
  void shouldBehaveAsMultiset() {
    Random random = new Random(3);
    InFlight inFlight = new InFlight(50);
    Map<String, Integer> expected = new HashMap<>();
    int size = 0;
    for (int i = 0; i < 200_000; i++) {
      String id = String.valueOf(random.nextInt(60));
      if (random.nextBoolean() && size < 50) {
        inFlight.add(id);
        expected.merge(id, 1, Integer::sum);
        size++;
      } else {
        boolean held = expected.computeIfPresent(id, (k, n) -> n - 1) != null;
        expected.remove(id, 0);
        size -= held ? 1 : 0;
        assertThat(inFlight.remove(id)).isEqualTo(held);
      }
      assertThat(inFlight.size()).isEqualTo(size);
    }
  }

  @Test
  void shouldHoldAsManyAsItsLimitAndNoMore() throws InterruptedException {
    InFlight inFlight = new InFlight(3);
    for (String id : List.of("a", "b", "c")) {
      assertThat(inFlight.awaitRoom(0)).isTrue();
      inFlight.add(id);
    }
    assertThat(inFlight.awaitRoom(0)).isFalse();
    assertThatThrownBy(() -> inFlight.add("d")).isInstanceOf(IllegalStateException.class);
    assertThat(inFlight.remove("b")).isTrue();
    assertThat(inFlight.awaitRoom(0)).isTrue();
  }

  @Test
  void shouldWakeSenderWhenThereIsRoom() throws Exception {
    InFlight inFlight = new InFlight(16);
    for (int i = 0; i < 16; i++) {
      inFlight.add("x");
    }
    CompletableFuture<Boolean> room =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return inFlight.awaitRoom(LONG_MS);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    for (int i = 0; i < 16; i++) {
      assertThat(inFlight.remove("x")).isTrue();
    }
    assertThat(room.get(LONG_MS / 2, TimeUnit.MILLISECONDS)).isTrue();
  }

  @Test
  void shouldLoseNothingBetweenTwoThreads() throws Exception {
    InFlight inFlight = new InFlight(10);
    int count = 100_000;
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add("t" + i);
    }
    CompletableFuture<Void> sender =
        CompletableFuture.runAsync(
            () -> {
              try {
                for (String id : ids) {
                  while (!inFlight.awaitRoom(LONG_MS)) {
                    assertThat(inFlight.size()).isEqualTo(10);
                  }
                  inFlight.add(id);
                }
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    for (String id : ids) {
      while (!inFlight.remove(id)) {
        Thread.onSpinWait();
      }
    }
    sender.get(LONG_MS, TimeUnit.MILLISECONDS);
    assertThat(inFlight.size()).isZero();
  }
}
