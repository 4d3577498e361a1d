package io.shoal.jobs;

import static org.awaitility.Awaitility.await;

import io.shoal.config.ServiceConfig;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The training job in a process of its own, for tests that kill it. Says {@code learning} on its
 * standard output as soon as it does, and ends with its standard input.
 */
final class TrainerProcess {
  private TrainerProcess() {}

  public static void main(String[] args) throws Exception {
    try (LocalTrainer trainer =
        LocalTrainer.start(new TrainerConfig(ServiceConfig.load(Path.of(args[0]))))) {
      TrainerProgress progress = trainer.progress();
      // Of this life or of one before: there is something to lose.
      await().atMost(Duration.ofMinutes(2)).until(() -> progress.batches() > 0);
      System.out.println("learning");
      // Returns when the parent closes the pipe, which it also does by dying.
      System.in.transferTo(System.out);
    }
  }
}
