package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingJobTest {
  private final StreamExecutionEnvironment env =
      StreamExecutionEnvironment.createLocalEnvironment(1, new Configuration());

  @BeforeEach
  void build() {
    TrainingJob.build(
        env,
        new TrainerConfig(
            Map.of(
                "bootstrap.servers", "localhost:9092",
                "schema.registry.url", "http://localhost:8081",
                "source.parallelism", "2",
                "checkpoint.interval.ms", "700")));
  }

  @Test
  void shouldHaveOneTrainerBehindParallelSources() {
    StreamGraph graph = env.getStreamGraph(false);

    assertThat(graph.getStreamNodes())
        .filteredOn(node -> List.of("features", "pack-points").contains(uid(node)))
        .hasSize(2)
        .allSatisfy(node -> assertThat(node.getParallelism()).isEqualTo(2));
    assertThat(graph.getStreamNodes())
        .filteredOn(node -> uid(node).equals("train-model"))
        .singleElement()
        .satisfies(node -> assertThat(node.getParallelism()).isEqualTo(1));
  }

  /** Flink finds an operator's state after a change of the job only by its uid. */
  @Test
  void shouldNameEveryOperatorForItsState() {
    assertThat(env.getStreamGraph(false).getStreamNodes())
        .allSatisfy(node -> assertThat(node.getTransformationUID()).isNotNull());
  }

  /** Else each point would go through a network buffer by itself. */
  @Test
  void shouldPackPointsInTheTaskThatReadsThem() {
    assertThat(env.getStreamGraph(false).getJobGraph().getVertices())
        .extracting(JobVertex::getName)
        .filteredOn(name -> name.contains("pack points"))
        .containsExactly("Source: features -> pack points");
  }

  @Test
  void shouldHaveAWriterForEachSegmentBehindTheSameReaders() {
    StreamExecutionEnvironment segmented =
        StreamExecutionEnvironment.createLocalEnvironment(1, new Configuration());
    TrainingJob.build(
        segmented,
        new TrainerConfig(
            Map.of(
                "bootstrap.servers", "localhost:9092",
                "schema.registry.url", "http://localhost:8081",
                "model.segment", "amount",
                "source.parallelism", "2")));
    StreamGraph graph = segmented.getStreamGraph(false);

    assertThat(graph.getStreamNodes())
        .allSatisfy(node -> assertThat(node.getTransformationUID()).isNotNull())
        .filteredOn(node -> uid(node).equals("train-segments"))
        .singleElement()
        .satisfies(node -> assertThat(node.getParallelism()).isEqualTo(2));
    assertThat(graph.getJobGraph().getVertices())
        .extracting(JobVertex::getName)
        .contains("Source: features -> (pack points, pack segments)");
  }

  @Test
  void shouldCheckpointAndNeverStopRestarting() {
    StreamGraph graph = env.getStreamGraph(false);

    assertThat(graph.getCheckpointConfig().getCheckpointInterval()).isEqualTo(700);
    assertThat(graph.getJobConfiguration().get(RestartStrategyOptions.RESTART_STRATEGY))
        .isEqualTo("exponential-delay");
  }

  @ParameterizedTest
  @ValueSource(
      classes = {FeaturePoint.class, LabelledPoint.class, Candidate.class, DriftNotice.class})
  void shouldNeedNoGenericSerializer(Class<?> type) {
    TypeInformation<?> information = TypeInformation.of(type);

    assertThat(env.getConfig().getSerializerConfig().hasGenericTypesDisabled()).isTrue();
    assertThat(information).isInstanceOf(PojoTypeInfo.class);
    assertThatCode(() -> information.createSerializer(env.getConfig().getSerializerConfig()))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldRefuseATypeThatWouldFallBackToKryo() {
    TypeInformation<?> generic = TypeInformation.of(java.util.UUID.class);

    assertThat(generic).isInstanceOf(GenericTypeInfo.class);
    assertThatThrownBy(() -> generic.createSerializer(env.getConfig().getSerializerConfig()))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void shouldSerializeEveryRecordByItsOwnSerializer() {
    assertThat(env.getStreamGraph(false).getStreamNodes())
        .flatMap(node -> Arrays.asList(node.getTypeSerializersIn()))
        .hasSizeGreaterThan(2)
        .noneMatch(KryoSerializer.class::isInstance);
  }

  @Test
  void shouldWantOnePropertiesFile() {
    assertThatThrownBy(() -> TrainingJob.main(new String[0]))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("properties file");
  }

  private static String uid(StreamNode node) {
    return String.valueOf(node.getTransformationUID());
  }
}
