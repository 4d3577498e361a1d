package io.shoal.serving;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.streams.errors.StreamsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The grades of the newest versions that have seen a fraud as metrics, the same on every instance.
 */
final class GradeMetrics implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GradeMetrics.class);
  private static final Duration INTERVAL = Duration.ofSeconds(15);
  private static final int LINES_MAX = 20;
  private static final int K = 100;

  private final GradesLookup lookup;
  private final int maturityDays;
  private final MultiGauge auc;
  private final MultiGauge averagePrecision;
  private final MultiGauge precision;
  private final MultiGauge frauds;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "grades");
            thread.setDaemon(true);
            return thread;
          });

  @SuppressWarnings("FutureReturnValueIgnored") // refresh() itself tells what fails
  GradeMetrics(GradesLookup lookup, int maturityDays, MeterRegistry metrics) {
    this.lookup = lookup;
    this.maturityDays = maturityDays;
    this.auc = gauge(metrics, "shoal.grade.auc", "Area under the ROC curve, over matured labels.");
    this.averagePrecision =
        gauge(metrics, "shoal.grade.average.precision", "Average precision, over matured labels.");
    this.precision =
        gauge(
            metrics,
            "shoal.grade.precision.at.100",
            "Share of frauds among the 100 highest scores, over matured labels.");
    this.frauds =
        gauge(metrics, "shoal.grade.frauds", "Frauds among the matured transactions of a version.");
    long interval = INTERVAL.toMillis();
    timer.scheduleWithFixedDelay(this::refresh, interval, interval, TimeUnit.MILLISECONDS);
  }

  private static MultiGauge gauge(MeterRegistry metrics, String name, String description) {
    return MultiGauge.builder(name).description(description).register(metrics);
  }

  private void refresh() {
    try {
      List<Grades.Grade> newest =
          lookup.all().grades().of(maturityDays, K).stream()
              .filter(grade -> grade.quality().frauds() > 0)
              .limit(LINES_MAX)
              .toList();
      show(auc, newest, grade -> grade.quality().auc());
      show(averagePrecision, newest, grade -> grade.quality().averagePrecision());
      show(precision, newest, grade -> grade.quality().precision());
      show(frauds, newest, grade -> grade.quality().frauds());
    } catch (StateUnavailableException | StreamsException e) {
      log.debug("no grades now", e);
    } catch (RuntimeException e) {
      // A scheduled task that throws is never run again.
      log.warn("cannot grade the versions; it tries again", e);
    }
  }

  private static void show(
      MultiGauge gauge, List<Grades.Grade> grades, ToDoubleFunction<Grades.Grade> value) {
    gauge.register(
        grades.stream()
            .map(
                grade ->
                    MultiGauge.Row.of(
                        Tags.of(
                            "version",
                            String.valueOf(grade.version()),
                            "ranking",
                            grade.ranking().name().toLowerCase(Locale.ROOT)),
                        value.applyAsDouble(grade)))
            .toList(),
        true);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
