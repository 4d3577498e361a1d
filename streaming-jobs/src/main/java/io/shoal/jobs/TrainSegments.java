package io.shoal.jobs;

import io.shoal.kmeans.AssignmentKernel;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * The {@linkplain ModelWriter writers} of the models of segments, each of which has one, in the
 * task that its name is hashed to. Works on objects and writes into keyed state, at each
 * checkpoint, those segments that have changed since the one before; so a state backend with
 * incremental checkpoints stores no more than these.
 */
final class TrainSegments extends AbstractStreamOperator<Candidate>
    implements TwoInputStreamOperator<PointBlock, LabelledPoint, Candidate> {
  private static final long serialVersionUID = 1L;
  private static final String STATE = "trainer";

  private final TrainerSettings settings;
  private final TrainModel.JobIds jobIds;
  private final int segmentsMax;

  private transient ValueState<byte[]> state;
  private transient AssignmentKernel kernel;
  private transient Map<String, ModelTrainer> restored;
  private transient Map<String, ModelWriter> writers;
  private transient Counter pointsWithoutModel;

  /**
   * @param settings of the model of all points, of which those of the segments differ in their name
   * @param segmentsMax most segments of this task
   */
  @SuppressWarnings("NullAway.Init") // Flink calls initializeState() and open() before the rest
  TrainSegments(TrainerSettings settings, TrainModel.JobIds jobIds, int segmentsMax) {
    this.settings = settings;
    this.jobIds = jobIds;
    this.segmentsMax = segmentsMax;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    state =
        context
            .getKeyedStateStore()
            .getState(new ValueStateDescriptor<>(STATE, BytePrimitiveArraySerializer.INSTANCE));
    kernel = ModelWriter.loadKernel(settings);
    restored = new HashMap<>();
    List<String> segments;
    try (Stream<String> keys =
        this.<String>getKeyedStateBackend().getKeys(STATE, VoidNamespace.INSTANCE)) {
      segments = keys.toList();
    }
    for (String segment : segments) {
      setCurrentKey(segment);
      restored.put(segment, ModelWriter.restore(state.value(), of(segment), kernel));
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    writers = new HashMap<>();
    getMetricGroup().gauge("segments", writers::size);
    pointsWithoutModel = getMetricGroup().counter("pointsWithoutModel");
    restored.forEach((segment, trainer) -> writers.put(segment, writer(segment, trainer)));
    restored.clear();
  }

  @Override
  public void processElement1(StreamRecord<PointBlock> element) throws IOException {
    PointBlock block = element.getValue();
    ModelWriter writer = writers.get(block.segment);
    if (writer == null) {
      writer = begin(block.segment);
      if (writer == null) {
        pointsWithoutModel.inc(block.n);
        return;
      }
    }
    writer.add(block);
  }

  @Override
  public void processElement2(StreamRecord<LabelledPoint> element) {
    LabelledPoint label = element.getValue();
    ModelWriter writer = writers.get(label.segment);
    if (writer != null) {
      writer.addLabel(label);
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    for (Map.Entry<String, ModelWriter> entry : writers.entrySet()) {
      if (entry.getValue().changed()) {
        setCurrentKey(entry.getKey());
        state.update(entry.getValue().state());
      }
    }
  }

  private @Nullable ModelWriter begin(String segment) throws IOException {
    if (writers.size() == segmentsMax) {
      return null;
    }
    ModelTrainer trainer = ModelWriter.begin(of(segment), kernel, jobIds.next());
    ModelWriter writer = writer(segment, trainer);
    writers.put(segment, writer);
    return writer;
  }

  private ModelWriter writer(String segment, ModelTrainer trainer) {
    return new ModelWriter(
        trainer,
        of(segment),
        new TrainerProgress(),
        getMetricGroup().addGroup("segment", segment),
        getProcessingTimeService(),
        output);
  }

  private TrainerSettings of(String segment) {
    return settings.ofSegment(segment);
  }
}
