package io.shoal.benchmarks.kernels;

import io.shoal.cli.bench.BenchmarkRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The rows of {@code shoal bench kernels}: ours by JMH, each beside its reference. */
public final class KernelFigures {
  private static final List<String> SHAPES = List.of("k64-d32", "k256-d32", "k64-d128");
  private static final double SCORE_NS_MAX = 300;

  private final JmhRunner jmh;
  private final boolean withPeers;

  private KernelFigures(JmhRunner jmh, boolean withPeers) {
    this.jmh = jmh;
    this.withPeers = withPeers;
  }

  /** As the command line measures them. */
  public static KernelFigures full() {
    return new KernelFigures(JmhRunner.full(), true);
  }

  /** In a second or two, in this process and without peers: figures of no worth. */
  static KernelFigures quick() {
    return new KernelFigures(JmhRunner.quick(), false);
  }

  /** Measures. */
  public List<BenchmarkRow> rows(Consumer<String> progress) throws Exception {
    List<BenchmarkRow> rows = new ArrayList<>();
    addAssignments(rows, progress);
    addPeers(rows, progress);
    addScores(rows, progress);
    return rows;
  }

  private void addAssignments(List<BenchmarkRow> rows, Consumer<String> progress) throws Exception {
    progress.accept("fused multiply-adds, the machine's limit");
    double peak = FmaPeakJmh.OPERATIONS / jmh.run(FmaPeakJmh.class).best() / 1e6;
    for (String shape : SHAPES) {
      progress.accept("assignment, " + label(shape));
      double scalarMs = assignMs("scalar", shape);
      double simdMs = assignMs("simd", shape);
      boolean first = shape.equals(SHAPES.get(0));
      rows.add(
          points(
              "simd assignment against scalar, " + label(shape),
              simdMs,
              scalarMs,
              first ? 12.0 : null));
      double rate =
          (double) Data.POINTS * Data.shape(shape)[0] * Data.shape(shape)[1] / simdMs / 1e6;
      rows.add(
          new BenchmarkRow(
              "simd assignment against FMA peak, " + label(shape),
              rate,
              "G FMA/s",
              peak,
              rate / peak,
              shape.equals("k256-d32") ? 0.4 : null));
      addOpenCl(rows, progress, shape);
    }
  }

  private void addOpenCl(List<BenchmarkRow> rows, Consumer<String> progress, String shape) {
    try {
      double openClMs = assignMs("opencl", shape);
      double naiveMs = assignMs("opencl-naive", shape);
      Double bound = shape.equals(SHAPES.get(0)) ? 3.0 : null;
      rows.add(
          points("opencl assignment against naive, " + label(shape), openClMs, naiveMs, bound));
    } catch (Exception e) {
      progress.accept("opencl left out: " + e.getMessage());
    }
  }

  private void addPeers(List<BenchmarkRow> rows, Consumer<String> progress) throws Exception {
    List<Double> learnMs = new ArrayList<>();
    for (String shape : SHAPES) {
      progress.accept("learning, " + label(shape));
      learnMs.add(jmh.run(LearnJmh.class, "shape", shape).best());
    }
    progress.accept("batch fit, a million points");
    double fitMs = jmh.run(FitJmh.class).best();
    if (!withPeers) {
      return;
    }
    try {
      ScikitLearn.Times peer = ScikitLearn.run(SHAPES, progress);
      String name = "scikit-learn " + peer.version();
      for (int i = 0; i < SHAPES.size(); i++) {
        String what = "update against " + name + ", " + label(SHAPES.get(i));
        rows.add(points(what, learnMs.get(i), peer.learn64Ms().get(i), 3.0));
        rows.add(points(what + ", float32", learnMs.get(i), peer.learn32Ms().get(i), null));
      }
      rows.add(
          new BenchmarkRow(
              "batch fit against "
                  + name
                  + ", 1 M x 2, k 3, "
                  + peer.fitIterations()
                  + " iterations",
              fitMs,
              "ms",
              peer.fitMs(),
              peer.fitMs() / fitMs,
              3.0));
    } catch (IOException e) {
      progress.accept("scikit-learn left out: " + e.getMessage());
    }
  }

  private void addScores(List<BenchmarkRow> rows, Consumer<String> progress) throws Exception {
    for (boolean labelled : new boolean[] {false, true}) {
      progress.accept("scoring one point");
      JmhRunner.Figure figure = jmh.run(ScoreJmh.class, "labelled", "" + labelled);
      String what = labelled ? "score of one point with risk" : "score of one point";
      rows.add(
          new BenchmarkRow(
              what + ", k 64 d 16, limit " + (int) SCORE_NS_MAX + " ns",
              figure.best(),
              "ns",
              SCORE_NS_MAX,
              SCORE_NS_MAX / figure.best(),
              1.0));
      rows.add(
          new BenchmarkRow(
              what + ", allocation, limit 0",
              figure.bytes(),
              "bytes",
              0,
              figure.bytes() < 0.5 ? 1 : 0,
              1.0));
    }
  }

  private double assignMs(String kernel, String shape) throws Exception {
    return jmh.run(AssignJmh.class, "kernel", kernel, "shape", shape).best();
  }

  private static BenchmarkRow points(
      String what, double ms, double referenceMs, @Nullable Double bound) {
    return new BenchmarkRow(
        what,
        Data.POINTS / ms / 1e3,
        "M points/s",
        Data.POINTS / referenceMs / 1e3,
        referenceMs / ms,
        bound);
  }

  private static String label(String shape) {
    int[] numbers = Data.shape(shape);
    return String.format(Locale.ROOT, "k %d d %d", numbers[0], numbers[1]);
  }
}
