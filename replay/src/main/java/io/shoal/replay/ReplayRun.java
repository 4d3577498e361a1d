package io.shoal.replay;

import io.shoal.features.Event;
import io.shoal.features.export.History;
import io.shoal.features.export.KnownLabel;
import io.shoal.features.export.Labels;
import io.shoal.schemas.avro.ModelVersion;
import io.shoal.schemas.avro.Prediction;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One replay with what it takes to look back on it.
 *
 * @param outcomes of all events
 * @param version the last one; null where there was none
 * @param modelBytes size of the last model
 * @param cpuSeconds processor time of the thread
 */
public record ReplayRun(
    Outcomes outcomes, @Nullable ModelVersion version, long modelBytes, double cpuSeconds) {
  private static final int PROGRESS_EVENTS = 1 << 12;

  /**
   * Replays a history.
   *
   * @param sink is told of each prediction too
   * @param progress is told the share of the history that was read, now and then
   */
  public static ReplayRun of(
      ReplaySettings settings,
      Labels labels,
      History history,
      Replay.Listener sink,
      DoubleConsumer progress)
      throws IOException {
    long startNs = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    Outcomes outcomes = Outcomes.of(settings.features());
    Replay replay = new Replay(settings, labels);
    replay.run(
        history,
        new Replay.Listener() {
          @Override
          public void predicted(
              Event event, float[] vector, Prediction prediction, @Nullable KnownLabel label) {
            KnownLabel known = label == null ? labels.of(event.id) : label;
            outcomes.predicted(event, vector, prediction, known);
            sink.predicted(event, vector, prediction, known);
            if (outcomes.size() % PROGRESS_EVENTS == 0) {
              progress.accept(history.progress());
            }
          }
        });
    long cpuNs = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - startNs;
    return new ReplayRun(outcomes, replay.version(), replay.modelBytes(), cpuNs / 1e9);
  }

  /** The figures, beside those of a run over the same events. */
  public Summary summary(ReplayRun base) {
    if (base.outcomes.size() != outcomes.size()) {
      throw new IllegalArgumentException("two replays over different events");
    }
    return Summary.of(outcomes, base.outcomes, modelBytes, cpuSeconds);
  }
}
