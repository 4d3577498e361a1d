package io.shoal.benchmarks.training;

import io.shoal.jobs.Candidate;
import io.shoal.jobs.FeaturePoint;
import io.shoal.jobs.LabelledPoint;
import io.shoal.jobs.TrainerConfig;
import io.shoal.jobs.TrainingJob;
import io.shoal.schemas.avro.ModelVersion;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.ml.linalg.DenseVector;
import org.apache.flink.ml.linalg.typeinfo.DenseVectorTypeInfo;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/** Online k-means over points from memory, in a Flink mini-cluster. */
final class MemoryJobs {
  static final int K = 64;
  static final int D = 32;
  private static final int PARALLELISM = 2;
  private static final int DISTINCT = 1 << 14;
  private static final int RUN = 1_000;

  private MemoryJobs() {}

  /** Points a second that Shoal's job learns from. */
  static double shoal(long points) throws Exception {
    Throughput.clear();
    run(config(Map.of()), PARALLELISM, new Points(), points, new ReportVersion());
    return Throughput.perSecond(points / 4);
  }

  /** A configuration of which no broker is used. */
  static TrainerConfig config(Map<String, String> more) {
    Map<String, String> values =
        new HashMap<>(
            Map.of(
                "bootstrap.servers", "none:1",
                "schema.registry.url", "http://none",
                "vectors.topic", "none",
                "model.features", names(),
                "model.k", String.valueOf(K),
                "batch.size", "4096",
                "publish.interval.ms", "50"));
    values.putAll(more);
    return new TrainerConfig(values);
  }

  /**
   * Runs Shoal's job over generated points, and hands each version to the watcher.
   *
   * @param parallelism of the generator; with 1 the points come in order
   */
  static void run(
      TrainerConfig config,
      int parallelism,
      GeneratorFunction<Long, FeaturePoint> generator,
      long points,
      MapFunction<Candidate, Long> watcher)
      throws Exception {
    StreamExecutionEnvironment env = environment();
    env.getConfig().enableObjectReuse();
    env.enableCheckpointing(config.checkpointIntervalMs());
    config
        .checkpointDir()
        .ifPresent(uri -> env.getCheckpointConfig().setCheckpointStorage(uri.toString()));
    DataStream<FeaturePoint> stream =
        generate(env, parallelism, generator, points, TypeInformation.of(FeaturePoint.class));
    DataStream<LabelledPoint> labels =
        generate(env, 1, new Labels(), 1, TypeInformation.of(LabelledPoint.class));
    TrainingJob.learn(stream, labels, config)
        .map(watcher)
        .returns(Types.LONG)
        .setParallelism(1)
        .sinkTo(new DiscardingSink<>());
    env.execute("shoal");
  }

  /** Points a second of {@link FlinkMlUpdate}. */
  static double flinkMl(long points) throws Exception {
    StreamExecutionEnvironment env = environment();
    Throughput.clear();
    generate(env, PARALLELISM, new Vectors(), points, DenseVectorTypeInfo.INSTANCE)
        .rebalance()
        .flatMap(new FlinkMlUpdate(PARALLELISM))
        .returns(Types.LONG)
        .sinkTo(new DiscardingSink<>());
    env.execute("flink-ml");
    return Throughput.perSecond(points / 4);
  }

  /** Names of the features, as an option's value. */
  static String names() {
    StringBuilder names = new StringBuilder("f0");
    for (int f = 1; f < D; f++) {
      names.append(",f").append(f);
    }
    return names.toString();
  }

  private static StreamExecutionEnvironment environment() {
    return StreamExecutionEnvironment.createLocalEnvironment(PARALLELISM, new Configuration());
  }

  /** Flink's source makes runs of records, so that its own work does not hide that of the job. */
  private static <T> DataStream<T> generate(
      StreamExecutionEnvironment env,
      int parallelism,
      GeneratorFunction<Long, T> generator,
      long count,
      TypeInformation<T> type) {
    int run = (int) Math.min(RUN, count);
    DataGeneratorSource<Long> source =
        new DataGeneratorSource<>(index -> index, count / run, Types.LONG);
    return env.fromSource(source, WatermarkStrategy.noWatermarks(), "memory")
        .setParallelism(parallelism)
        .flatMap(new Expand<>(generator, run))
        .setParallelism(parallelism)
        .returns(type);
  }

  /** A run of records from its number. */
  private static final class Expand<T> implements FlatMapFunction<Long, T> {
    private static final long serialVersionUID = 1L;
    private final GeneratorFunction<Long, T> generator;
    private final int run;

    Expand(GeneratorFunction<Long, T> generator, int run) {
      this.generator = generator;
      this.run = run;
    }

    @Override
    public void flatMap(Long number, Collector<T> out) throws Exception {
      for (int i = 0; i < run; i++) {
        out.collect(generator.map(number * run + i));
      }
    }
  }

  /** Standard normal: no structure to profit from. */
  static float[] point(Random random) {
    float[] values = new float[D];
    for (int f = 0; f < D; f++) {
      values[f] = (float) random.nextGaussian();
    }
    return values;
  }

  private static final class Points implements GeneratorFunction<Long, FeaturePoint> {
    private static final long serialVersionUID = 1L;
    private final float[][] rows = new float[DISTINCT][];
    private transient @Nullable FeaturePoint reused;

    Points() {
      Random random = new Random(1);
      for (int i = 0; i < DISTINCT; i++) {
        rows[i] = point(random);
      }
    }

    @Override
    public FeaturePoint map(Long index) {
      if (reused == null) {
        reused = new FeaturePoint();
      }
      FeaturePoint point = reused;
      point.values = rows[(int) (index % DISTINCT)];
      point.eventTimeMs = index;
      point.offset = index;
      return point;
    }
  }

  private static final class Labels implements GeneratorFunction<Long, LabelledPoint> {
    private static final long serialVersionUID = 1L;

    @Override
    public LabelledPoint map(Long index) {
      LabelledPoint label = new LabelledPoint();
      label.values = new float[D];
      return label;
    }
  }

  private static final class Vectors implements GeneratorFunction<Long, DenseVector> {
    private static final long serialVersionUID = 1L;
    private final DenseVector[] vectors = new DenseVector[DISTINCT];

    Vectors() {
      Random random = new Random(1);
      for (int i = 0; i < DISTINCT; i++) {
        float[] values = point(random);
        double[] doubles = new double[D];
        for (int f = 0; f < D; f++) {
          doubles[f] = values[f];
        }
        vectors[i] = new DenseVector(doubles);
      }
    }

    @Override
    public DenseVector map(Long index) {
      return vectors[(int) (index % DISTINCT)];
    }
  }

  private static final class ReportVersion implements MapFunction<Candidate, Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public Long map(Candidate candidate) throws Exception {
      Map<String, Double> metrics = version(candidate).getMetrics();
      double points =
          metrics.getOrDefault("events_learned", 0.0)
              + metrics.getOrDefault("events_quarantined", 0.0);
      Throughput.report((long) points);
      return candidate.sequence;
    }
  }

  /** The version in a candidate. */
  static ModelVersion version(Candidate candidate) throws IOException {
    return new SpecificDatumReader<>(ModelVersion.class)
        .read(null, DecoderFactory.get().binaryDecoder(candidate.modelVersion, null));
  }
}
