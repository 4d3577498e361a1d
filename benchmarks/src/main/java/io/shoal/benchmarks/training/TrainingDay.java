package io.shoal.benchmarks.training;

import io.shoal.cli.bench.BenchmarkRow;
import io.shoal.jobs.Candidate;
import io.shoal.jobs.FeaturePoint;
import io.shoal.schemas.avro.ModelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.jspecify.annotations.Nullable;

/**
 * 24 hours of event time through the training job: what the mixture of events is turns with the
 * hour. Each hour says how large the newest checkpoint and the heap in use are.
 */
public final class TrainingDay {
  private static final int HOURS = 24;
  private static final long HOUR_MS = Duration.ofHours(1).toMillis();
  private static final int BLOBS = 40;
  private static final double MEBIBYTE = 1 << 20;

  /** By how much the last hour may lie above the first whole one. */
  private static final double GROWTH_MAX = 1.1;

  /** By hour; static, because Flink makes the tasks from bytes. */
  private static final NavigableMap<Integer, Hour> SEEN = new ConcurrentSkipListMap<>();

  /**
   * An hour's end.
   *
   * @param stateBytes of the newest checkpoint
   * @param heapBytes in use after a collection
   */
  private record Hour(long stateBytes, long heapBytes) {}

  private TrainingDay() {}

  /**
   * Runs the day.
   *
   * @param events of the whole day
   */
  public static List<BenchmarkRow> rows(long events, Consumer<String> progress) throws Exception {
    SEEN.clear();
    Path folder = Files.createTempDirectory("shoal-bench-day");
    try {
      progress.accept("%,d events of 24 hours".formatted(events));
      Map<String, String> options = new HashMap<>();
      options.put("model.half.life", "6h");
      options.put("checkpoint.interval.ms", "200");
      options.put("checkpoint.dir", folder.toUri().toString());
      MemoryJobs.run(
          MemoryJobs.config(options), 1, new Day(events), events, new Watch(folder.toString()));
    } finally {
      delete(folder);
    }
    return rows();
  }

  private static List<BenchmarkRow> rows() {
    Hour first = hour(2);
    List<BenchmarkRow> rows = new ArrayList<>();
    for (int end = 2; end <= HOURS; end += 2) {
      Hour hour = hour(end);
      Double bound = end == HOURS ? Double.valueOf(1 / GROWTH_MAX) : null;
      rows.add(
          row(
              "state in the checkpoint, hour " + end,
              hour.stateBytes(),
              first.stateBytes(),
              bound));
      rows.add(row("heap in use, hour " + end, hour.heapBytes(), first.heapBytes(), bound));
    }
    return rows;
  }

  private static Hour hour(int end) {
    Map.Entry<Integer, Hour> seen = SEEN.floorEntry(end - 1);
    if (seen == null) {
      throw new IllegalStateException("the day ended before its hour " + end);
    }
    return seen.getValue();
  }

  private static BenchmarkRow row(String what, long bytes, long first, @Nullable Double bound) {
    return new BenchmarkRow(
        what, bytes / MEBIBYTE, "MiB", first / MEBIBYTE, (double) first / bytes, bound);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Events of some kinds, each frequent at its time of the day and rare at others. */
  private static final class Day implements GeneratorFunction<Long, FeaturePoint> {
    private static final long serialVersionUID = 1L;
    private final long events;
    private transient @Nullable FeaturePoint reused;
    private transient @Nullable Random random;

    Day(long events) {
      this.events = events;
    }

    @Override
    public FeaturePoint map(Long index) {
      FeaturePoint point = reused;
      Random source = random;
      if (point == null || source == null) {
        point = new FeaturePoint();
        point.values = new float[MemoryJobs.D];
        source = new Random(index);
        reused = point;
        random = source;
      }
      double day = (double) index / events;
      int kind = source.nextInt(BLOBS);
      // The later the kind, the later in the day it is kept rather than drawn again.
      if (source.nextDouble() > 0.5 + 0.5 * Math.cos(2 * Math.PI * (day - (double) kind / BLOBS))) {
        kind = source.nextInt(BLOBS);
      }
      for (int f = 0; f < MemoryJobs.D; f++) {
        point.values[f] = (kind * 31 + f * 17) % 23 + source.nextFloat();
      }
      point.eventTimeMs = (long) (day * HOURS * HOUR_MS);
      point.offset = index;
      return point;
    }
  }

  /** Looks once an hour, when the first version of the next one comes. */
  private static final class Watch implements MapFunction<Candidate, Long> {
    private static final long serialVersionUID = 1L;
    private final String folder;
    private int hour;

    Watch(String folder) {
      this.folder = folder;
    }

    @Override
    public Long map(Candidate candidate) throws Exception {
      ModelVersion version = MemoryJobs.version(candidate);
      int now = (int) (version.getEventTime().toEpochMilli() / HOUR_MS);
      // The last one ends with the day, just before which there is a version.
      boolean last = version.getEventTime().toEpochMilli() > (HOURS - 0.05) * HOUR_MS;
      long stateBytes = now > hour || last ? newestCheckpoint() : 0;
      if (stateBytes > 0) {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        SEEN.put(
            last ? HOURS - 1 : hour,
            new Hour(stateBytes, runtime.totalMemory() - runtime.freeMemory()));
        hour = now;
      }
      return candidate.sequence;
    }

    /** Checkpoints come and go while this looks; 0 is of none, or of one that went. */
    private long newestCheckpoint() throws IOException {
      try (Stream<Path> jobs = Files.list(Path.of(folder))) {
        return jobs.flatMap(job -> list(job).stream())
            .filter(f -> f.getFileName().toString().startsWith("chk-"))
            .max(Comparator.comparingInt(TrainingDay::number))
            .map(checkpoint -> list(checkpoint).stream().mapToLong(f -> f.toFile().length()).sum())
            .orElse(0L);
      }
    }
  }

  private static int number(Path checkpoint) {
    return Integer.parseInt(checkpoint.getFileName().toString().substring("chk-".length()));
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
