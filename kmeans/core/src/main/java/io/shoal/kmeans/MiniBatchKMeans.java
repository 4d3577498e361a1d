package io.shoal.kmeans;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * Online k-means with forgetting: learns from mini-batches for ever (Sculley 2010, with the decay
 * of Spark's StreamingKMeans).
 *
 * <p>The model holds centroids in feature units and one scale per feature, the decayed standard
 * deviation; the metric is {@code d2(x, c) = sum_f ((x_f - c_f) / s_f)^2}. With decay {@code a},
 * weight {@code n}, batch count {@code m} and batch sum {@code S} a cluster moves by {@code n' = a
 * n + m}, {@code c' = (a n c + S) / n'}; one without points keeps its centre exactly.
 *
 * <p>The first points are gathered until there are enough for k-means++. From then on, points whose
 * score lies past the learnable percentile are quarantined, so that a burst of fraud cannot capture
 * a centroid: a label that says legitimate releases one, a fraud label discards it, and when their
 * share of traffic grows too large for outliers, they are the new normal: they are learned, with a
 * cluster of their own where that pays. Clusters that have lost their weight are reseeded in recent
 * traffic.
 *
 * <p>Beside the clusters it learns from labels what raises the risk ({@link RiskLearner}); labels
 * do not move centroids.
 *
 * <p>Deterministic: the same batches and seed give the same model, also across {@link #writeTo} and
 * {@link #readFrom}. Not thread-safe.
 */
public final class MiniBatchKMeans {
  /**
   * Version 1 had neither quarantine nor the parents of clusters, version 2 no guard, version 3 no
   * risk; up to version 4 raw scores were others.
   */
  private static final int STATE_VERSION = 5;

  private static final int START_PASSES = 5;

  private final MiniBatchKMeansParameters parameters;
  private final AssignmentKernel kernel;
  private final Clusters clusters;
  private final FeatureStatistics features;
  private final SplitMix64 random;
  private final ScoreGate gate;
  private final RiskLearner risk;
  private final float[] startBuffer;
  private final Workspace work = new Workspace();
  private BatchObserver observer = (ids, distances2, n) -> {};
  private double forgetting = 1;
  private int buffered;
  private boolean started;
  private long latestEventTimeMs = Long.MIN_VALUE;
  private long events;
  private long batches;
  private double meanDistance2;

  /** A learner that knows nothing yet. */
  public MiniBatchKMeans(MiniBatchKMeansParameters parameters, AssignmentKernel kernel) {
    this(parameters, kernel, parameters.seed());
  }

  private MiniBatchKMeans(
      MiniBatchKMeansParameters parameters, AssignmentKernel kernel, long randomState) {
    this.parameters = parameters;
    this.kernel = kernel;
    this.clusters = new Clusters(parameters.k(), parameters.dimension());
    this.features = new FeatureStatistics(parameters.dimension(), parameters.resolutions());
    this.random = new SplitMix64(randomState);
    this.gate = new ScoreGate(parameters);
    this.risk = new RiskLearner(parameters.dimension());
    this.startBuffer = new float[parameters.startPoints() * parameters.dimension()];
  }

  /**
   * A learner that goes on from a model: from a batch fit over history, or from a version of the
   * registry.
   *
   * @throws IllegalArgumentException when the model's shape is not that of the parameters
   */
  public static MiniBatchKMeans from(
      KMeansModelData model, MiniBatchKMeansParameters parameters, AssignmentKernel kernel) {
    if (model.clusters() != parameters.k() || model.dimension() != parameters.dimension()) {
      throw new IllegalArgumentException(
          "a model of k = "
              + model.clusters()
              + ", d = "
              + model.dimension()
              + " does not start a learner of k = "
              + parameters.k()
              + ", d = "
              + parameters.dimension());
    }
    MiniBatchKMeans learner = new MiniBatchKMeans(parameters, kernel);
    learner.clusters.start(model);
    learner.features.start(model);
    learner.gate.start(model.scoreSketch());
    learner.risk.start(model.riskWeights());
    learner.started = true;
    return learner;
  }

  /** The parameters it was made with. */
  public MiniBatchKMeansParameters parameters() {
    return parameters;
  }

  /** Lets someone see each mini-batch from now on; part of no state. */
  public void observe(BatchObserver newObserver) {
    observer = newObserver;
  }

  /**
   * Forgets faster, or as declared again; part of no state.
   *
   * @param factor by which the half-life is divided, 1 or more
   */
  public void forgetFaster(double factor) {
    forgetting = factor;
  }

  /** Whether there are centroids, so that a snapshot can be taken. */
  public boolean started() {
    return started;
  }

  /**
   * Learns from a batch.
   *
   * @throws InvalidVectorException when a value is NaN or infinite; nothing was learned then
   * @throws IllegalArgumentException when the dimension is another
   */
  public void learn(MiniBatch batch) {
    requireDimension(batch.d());
    if (!started) {
      InvalidVectorException.requireFinite(batch.points(), batch.n() * batch.d());
    }
    int taken = started ? 0 : buffer(batch);
    if (taken == 0) {
      learn(batch.points(), batch.n(), batch.eventTimeMs());
    } else if (started && taken < batch.n()) {
      int d = batch.d();
      float[] rest = Arrays.copyOfRange(batch.points(), taken * d, batch.n() * d);
      learn(rest, batch.n() - taken, batch.eventTimeMs());
    }
  }

  /**
   * Counts a label for the nearest cluster, and takes the point out of quarantine: a legitimate one
   * is learned from now, one labelled as fraud never moves a centroid. Labels before the start are
   * not counted.
   *
   * @param x {@code [d]}, in feature units, as it was learned from
   * @param eventTimeMs when the label became known
   * @throws InvalidVectorException when a value is NaN or infinite
   */
  public void learnLabel(float[] x, boolean fraud, long eventTimeMs) {
    requireDimension(x.length);
    InvalidVectorException.requireFinite(x, x.length);
    if (!started) {
      return;
    }
    boolean quarantined = gate.release(x);
    if (quarantined && !fraud) {
      release(x);
    }
    assign(x, 1);
    clusters.addLabel(work.ids[0], fraud);
    if (fraud) {
      risk.fraud(x, features.means(), clusters.inverseScales());
    }
  }

  /**
   * The model as of now. Lineage and movement count from here on.
   *
   * @throws IllegalStateException before the start
   */
  public KMeansModelData snapshot() {
    if (!started) {
      throw new IllegalStateException(
          "no centroids yet: " + buffered + " of " + parameters.startPoints() + " points");
    }
    return risk.labelled()
        ? clusters.snapshot(gate.scores().toBytes(), features.means(), risk.weights())
        : clusters.snapshot(gate.scores().toBytes(), new float[0], new double[0]);
  }

  /** What was done so far. */
  public LearningMetrics metrics() {
    return new LearningMetrics(
        events,
        gate.refused(),
        gate.refusedShare(),
        batches,
        meanDistance2,
        clusters.reseeded(),
        started ? clusters.movement() : 0,
        gate.quarantined());
  }

  /** Writes the whole state; {@link #readFrom} goes on from it bit for bit. */
  public void writeTo(DataOutput out) throws IOException {
    out.writeInt(STATE_VERSION);
    ParametersCodec.write(parameters, out);
    out.writeLong(random.state());
    out.writeBoolean(started);
    out.writeLong(latestEventTimeMs);
    out.writeLong(events);
    gate.writeCountsTo(out);
    out.writeLong(batches);
    out.writeDouble(meanDistance2);
    features.writeTo(out);
    if (started) {
      clusters.writeTo(out);
      gate.writeTo(out);
      risk.writeTo(out);
    } else {
      out.writeInt(buffered);
      for (int i = 0; i < buffered * parameters.dimension(); i++) {
        out.writeFloat(startBuffer[i]);
      }
    }
  }

  /**
   * Reads what {@link #writeTo} wrote.
   *
   * @throws IOException when it is of another version or cut short
   */
  public static MiniBatchKMeans readFrom(DataInput in, AssignmentKernel kernel) throws IOException {
    int version = in.readInt();
    if (version < 1 || version > STATE_VERSION) {
      throw new IOException(
          "learner state of version " + version + ", known are 1 to " + STATE_VERSION);
    }
    MiniBatchKMeansParameters parameters = ParametersCodec.read(in);
    MiniBatchKMeans learner = new MiniBatchKMeans(parameters, kernel, in.readLong());
    learner.started = in.readBoolean();
    learner.latestEventTimeMs = in.readLong();
    learner.events = in.readLong();
    learner.gate.readCountsFrom(in);
    learner.batches = in.readLong();
    learner.meanDistance2 = in.readDouble();
    learner.features.readFrom(in);
    if (learner.started) {
      learner.clusters.readFrom(in, version > 1);
      learner.gate.readFrom(in, version);
      if (version > 3) {
        learner.risk.readFrom(in);
      }
    } else {
      learner.buffered = in.readInt();
      for (int i = 0; i < learner.buffered * parameters.dimension(); i++) {
        learner.startBuffer[i] = in.readFloat();
      }
    }
    return learner;
  }

  /** Gathers points for the start; returns how many it took, and starts when there are enough. */
  private int buffer(MiniBatch batch) {
    int d = batch.d();
    int taken = Math.min(batch.n(), parameters.startPoints() - buffered);
    System.arraycopy(batch.points(), 0, startBuffer, buffered * d, taken * d);
    buffered += taken;
    latestEventTimeMs = Math.max(latestEventTimeMs, batch.eventTimeMs());
    if (buffered == parameters.startPoints()) {
      start();
    }
    return taken;
  }

  private void start() {
    int n = buffered;
    int d = parameters.dimension();
    work.ensure(n);
    Arrays.fill(work.ids, 0, n, 0);
    features.add(kernel, startBuffer, n, work.ids, parameters.k());
    clusters.rescale(features.scales());
    clusters.start(startCentroids(n));
    started = true;
    assign(startBuffer, n);
    BatchStatistics statistics = new BatchStatistics(parameters.k(), d);
    statistics.add(kernel, startBuffer, n, work.ids);
    clusters.update(statistics, 1);
    score(startBuffer, n);
    gate.start(work.raws, n);
    events = n;
    batches = 1;
    buffered = 0;
  }

  /** k-means++, then a few passes of Lloyd's algorithm. */
  private float[] startCentroids(int n) {
    int d = parameters.dimension();
    int k = parameters.k();
    float[] points = Scaling.scaled(startBuffer, n, clusters.inverseScales());
    float[] centroids = KMeansStart.PLUS_PLUS.centroids(points, n, d, k, random, kernel);
    try (ResidentPoints resident = kernel.hold(points, n, d)) {
      return new Lloyd(points, n, d, k, resident).run(centroids, START_PASSES, 0).centroids();
    }
  }

  /** One update, prequential: each point is scored by what was learned before it. */
  private void learn(float[] points, int n, long eventTimeMs) {
    if (n == 0) {
      return;
    }
    float[] scalesBefore = clusters.scales();
    clusters.rescale(features.scales());
    assign(points, n);
    requireFinite(points, n, scalesBefore);
    observer.observed(work.ids, work.distances2, n);
    double decay = decay(n, eventTimeMs);
    score(points, n);
    gate.decay(decay);
    boolean drift = gate.drifts();
    risk.decay(decay);
    risk.traffic(points, n, features.means(), clusters.inverseScales());
    gate.pass(points, n, work.raws, work.ids, drift);
    averageDistance(n);
    features.decay(decay);
    BatchStatistics statistics = features.add(kernel, points, n, work.ids, parameters.k());
    clusters.update(statistics, decay);
    clusters.reseedDead(parameters.deadFraction(), points, n, work.ids, work.distances2, random);
    events += n;
    batches++;
    if (drift && gate.quarantined() > 0) {
      follow(gate.releaseAll());
    }
  }

  /**
   * Learns from points that turned out to be the new normal, if it pays with a cluster of theirs.
   */
  private void follow(float[] points) {
    int n = points.length / parameters.dimension();
    assign(points, n);
    clusters.makeRoom(
        parameters.deadFraction(), points, n, work.distances2, gate.refusedShare(), random);
    release(points);
  }

  /**
   * Refuses a batch with a value that is not finite, after its assignment: such a point is at the
   * largest distance from every centroid, so that no other needs a look.
   */
  private void requireFinite(float[] points, int n, float[] scalesBefore) {
    int d = parameters.dimension();
    for (int i = 0; i < n; i++) {
      if (work.distances2[i] == Float.MAX_VALUE) {
        try {
          InvalidVectorException.requireFinite(points, n * d);
        } catch (InvalidVectorException e) {
          clusters.rescale(scalesBefore);
          throw e;
        }
        return;
      }
    }
  }

  /** Learns from points that were counted and scored before. */
  private void release(float[] points) {
    int n = points.length / parameters.dimension();
    assign(points, n);
    BatchStatistics statistics = features.add(kernel, points, n, work.ids, parameters.k());
    clusters.update(statistics, 1);
  }

  private void assign(float[] points, int n) {
    int d = parameters.dimension();
    work.ensure(n);
    kernel.assignUnscaled(
        points,
        n,
        d,
        clusters.inverseScales(),
        clusters.scaled(),
        parameters.k(),
        work.ids,
        work.distances2);
  }

  private void score(float[] points, int n) {
    clusters.rawScores().raws(kernel, points, n, clusters.inverseScales(), work.ids, work.raws);
  }

  private void averageDistance(int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += work.distances2[i];
    }
    double old = Math.exp(-n / ScoreGate.AVERAGE_EVENTS);
    meanDistance2 =
        batches <= 1
            ? sum / n
            : old * meanDistance2 + (1 - old) * Math.min(sum / n, Float.MAX_VALUE);
  }

  private double decay(int n, long eventTimeMs) {
    // Late batches do not turn time back.
    long now = Math.max(eventTimeMs, latestEventTimeMs);
    double decay = parameters.halfLife().decay(n, now - latestEventTimeMs);
    latestEventTimeMs = now;
    return forgetting == 1 ? decay : Math.pow(decay, forgetting);
  }

  private void requireDimension(int d) {
    if (d != parameters.dimension()) {
      throw new IllegalArgumentException(
          "vectors have " + d + " features, the learner " + parameters.dimension());
    }
  }
}
