package io.shoal.jobs;

import io.shoal.config.ServiceConfig;
import java.nio.file.Path;

/**
 * The training job in a process of its own, for tests that kill it. Says {@code learning} on its
 * standard output as soon as it does, and ends with its standard input.
 */
final class TrainerProcess {
  private TrainerProcess() {}

  public static void main(String[] args) throws Exception {
    try (LocalTrainer trainer =
        LocalTrainer.start(new TrainerConfig(ServiceConfig.load(Path.of(args[0]))))) {
      long restored = Long.MAX_VALUE;
      while (System.in.available() == 0 && trainer.failure().isEmpty()) {
        Thread.onSpinWait();
        if (trainer.progress().jobId().isEmpty()) {
          continue;
        }
        restored = Math.min(restored, trainer.progress().sequence());
        if (trainer.progress().sequence() > restored) {
          break;
        }
      }
      System.out.println("learning");
      // Returns when the parent closes the pipe, which it also does by dying.
      System.in.transferTo(System.out);
    }
  }
}
