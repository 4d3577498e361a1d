package io.shoal.flinkml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.typeutils.RowTypeInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.ml.builder.Pipeline;
import org.apache.flink.ml.builder.PipelineModel;
import org.apache.flink.ml.linalg.DenseVector;
import org.apache.flink.ml.linalg.Vectors;
import org.apache.flink.ml.linalg.typeinfo.DenseVectorTypeInfo;
import org.apache.flink.ml.servable.api.DataFrame;
import org.apache.flink.ml.servable.types.BasicType;
import org.apache.flink.ml.servable.types.DataTypes;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As a user of Flink ML has it: tables, pipelines, a mini-cluster of two slots. */
class OnlineKMeansTest {
  private static final int POINTS = 3_000;
  private static final float[] CENTRES = {-5, 0, 5};

  @TempDir private Path folder;

  private final StreamExecutionEnvironment env =
      StreamExecutionEnvironment.createLocalEnvironment(2, new Configuration());
  private final StreamTableEnvironment tables = StreamTableEnvironment.create(env);
  private final Table points = points();

  @Test
  void shouldStandInAPipeline() throws Exception {
    PipelineModel model = new Pipeline(List.of(kMeans())).fit(points);

    assertOneLabelPerBlob(collect(model.transform(points)[0]));
  }

  @Test
  void shouldSurviveBeingSavedInAPipeline() throws Exception {
    String path = folder.resolve("pipeline").toUri().toString();
    new Pipeline(List.of(kMeans())).save(path);
    PipelineModel model = Pipeline.load(tables, path).fit(points);

    assertOneLabelPerBlob(collect(model.transform(points)[0]));
  }

  @Test
  void shouldLabelAlikeOnceSavedInFlinkAndWithout() throws Exception {
    env.setRuntimeMode(RuntimeExecutionMode.STREAMING);
    String path = folder.resolve("model").toUri().toString();
    kMeans().fit(points).save(path);
    env.execute();

    Map<Integer, Integer> labels =
        assertOneLabelPerBlob(collect(OnlineKMeansModel.load(tables, path).transform(points)[0]));
    OnlineKMeansModelServable servable = OnlineKMeansModel.loadServable(path);
    List<org.apache.flink.ml.servable.api.Row> rows = new ArrayList<>();
    for (float centre : CENTRES) {
      rows.add(
          new org.apache.flink.ml.servable.api.Row(
              new ArrayList<>(List.of(Vectors.dense(centre, centre)))));
    }
    DataFrame answer =
        servable.transform(
            new DataFrame(
                new ArrayList<>(List.of("x")),
                new ArrayList<>(List.of(DataTypes.VECTOR(BasicType.DOUBLE))),
                rows));
    int column = answer.getIndex("cluster");
    for (int blob = 0; blob < CENTRES.length; blob++) {
      assertThat(answer.collect().get(blob).<Integer>getAs(column)).isEqualTo(labels.get(blob));
    }
  }

  @Test
  void shouldWantAMiniBatchThatGivesTheFirstCentroids() {
    assertThatThrownBy(() -> kMeans().setGlobalBatchSize(2).fit(points))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("globalBatchSize = 2 is less than k = 3");
  }

  @Test
  void shouldHaveTheNamesOfFlinkMl() {
    assertThat(new OnlineKMeans().getParamMap().keySet())
        .extracting(p -> p.name)
        .containsExactlyInAnyOrder(
            "k", "seed", "globalBatchSize", "decayFactor", "featuresCol", "predictionCol");
    assertThatThrownBy(() -> new OnlineKMeans().setDecayFactor(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static OnlineKMeans kMeans() {
    return new OnlineKMeans()
        .setK(CENTRES.length)
        .setSeed(3)
        .setGlobalBatchSize(500)
        .setDecayFactor(0.9)
        .setFeaturesCol("x")
        .setPredictionCol("cluster");
  }

  /** Rows (blob, x) around three centres. */
  private Table points() {
    Random random = new Random(1);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < POINTS; i++) {
      int blob = i % CENTRES.length;
      DenseVector x =
          Vectors.dense(
              CENTRES[blob] + 0.3 * random.nextGaussian(),
              CENTRES[blob] + 0.3 * random.nextGaussian());
      rows.add(Row.of(blob, x));
    }
    RowTypeInfo type =
        new RowTypeInfo(
            new TypeInformation<?>[] {Types.INT, DenseVectorTypeInfo.INSTANCE},
            new String[] {"blob", "x"});
    return tables.fromDataStream(env.fromData(rows, type));
  }

  @SuppressWarnings("try") // close() may throw InterruptedException
  private static List<Row> collect(Table table) throws Exception {
    List<Row> rows = new ArrayList<>();
    try (CloseableIterator<Row> iterator = table.execute().collect()) {
      iterator.forEachRemaining(rows::add);
    }
    return rows;
  }

  /** Returns the label of each blob. */
  private static Map<Integer, Integer> assertOneLabelPerBlob(List<Row> rows) {
    assertThat(rows).hasSize(POINTS);
    Map<Integer, Integer> labels = new HashMap<>();
    for (Row row : rows) {
      int label = row.<Integer>getFieldAs("cluster");
      labels.putIfAbsent(row.getFieldAs("blob"), label);
      assertThat(label).isEqualTo(labels.get(row.<Integer>getFieldAs("blob")));
    }
    assertThat(labels.values()).doesNotHaveDuplicates();
    return labels;
  }
}
