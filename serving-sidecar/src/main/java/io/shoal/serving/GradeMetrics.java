package io.shoal.serving;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.shoal.serving.Grades.Grade;
import java.time.Duration;
import java.util.ArrayList;
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
 * The grades of the newest days that count as metrics, and those of versions that decided for long:
 * the same on every instance. Where versions change by the second, each of them would be a line in
 * somebody's monitoring that ends where it begins; the API has them all.
 */
final class GradeMetrics implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GradeMetrics.class);
  private static final Duration INTERVAL = Duration.ofSeconds(15);
  private static final int VERSIONS_MAX = 20;

  /** Transactions from which on a version stands here. */
  private static final long SCORED_MIN = 10_000;

  private static final int[] DAYS = {1, 7};
  private static final int K = 100;

  private final GradesLookup lookup;
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
  GradeMetrics(GradesLookup lookup, MeterRegistry metrics) {
    this.lookup = lookup;
    this.auc = gauge(metrics, "shoal.grade.auc", "Area under the ROC curve, over matured labels.");
    this.averagePrecision =
        gauge(metrics, "shoal.grade.average.precision", "Average precision, over matured labels.");
    this.precision =
        gauge(
            metrics,
            "shoal.grade.precision.at.100",
            "Share of frauds among the 100 highest scores, over matured labels.");
    this.frauds = gauge(metrics, "shoal.grade.frauds", "Frauds among the matured transactions.");
    long interval = INTERVAL.toMillis();
    timer.scheduleWithFixedDelay(this::refresh, interval, interval, TimeUnit.MILLISECONDS);
  }

  private static MultiGauge gauge(MeterRegistry metrics, String name, String description) {
    return MultiGauge.builder(name).description(description).register(metrics);
  }

  /** What a grade is of: so many days, or a version; the other is empty. */
  private record Shown(String days, String version, Grade grade) {
    Tags tags() {
      String ranking = grade.ranking().name().toLowerCase(Locale.ROOT);
      return Tags.of("days", days, "version", version, "ranking", ranking);
    }
  }

  private void refresh() {
    try {
      GradesLookup.Found found = lookup.versions(Long.MAX_VALUE, VERSIONS_MAX);
      List<Shown> shown = new ArrayList<>();
      for (int days : DAYS) {
        found.grades().together(found.lastDay() - days + 1, found.lastDay(), K).stream()
            .map(grade -> new Shown(String.valueOf(days), "", grade))
            .forEach(shown::add);
      }
      found.grades().ofVersions(VERSIONS_MAX, K).stream()
          .filter(of -> of.grade().scored() >= SCORED_MIN)
          .map(of -> new Shown("", String.valueOf(of.version()), of.grade()))
          .forEach(shown::add);
      shown.removeIf(one -> one.grade().quality().frauds() == 0);
      show(auc, shown, grade -> grade.quality().auc());
      show(averagePrecision, shown, grade -> grade.quality().averagePrecision());
      show(precision, shown, grade -> grade.quality().precision());
      show(frauds, shown, grade -> grade.quality().frauds());
    } catch (StateUnavailableException | StreamsException e) {
      log.debug("no grades now", e);
    } catch (RuntimeException e) {
      // A scheduled task that throws is never run again.
      log.warn("cannot grade the versions; it tries again", e);
    }
  }

  private static void show(MultiGauge gauge, List<Shown> shown, ToDoubleFunction<Grade> value) {
    gauge.register(
        shown.stream()
            .map(one -> MultiGauge.Row.of(one.tags(), value.applyAsDouble(one.grade())))
            .toList(),
        true);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
