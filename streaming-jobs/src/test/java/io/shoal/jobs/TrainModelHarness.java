package io.shoal.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.schemas.avro.DriftEvent;
import io.shoal.schemas.avro.ModelVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;

/** Flink's harness, and a partition whose records are numbered as they come. */
final class TrainModelHarness {
  private final TwoInputStreamOperatorTestHarness<PointBlock, LabelledPoint, Candidate> flink;
  private final TrainerProgress progress;
  private final String progressId = UUID.randomUUID().toString();
  long nextOffset;
  private long checkpointId;

  TrainModelHarness(Function<String, TrainerSettings> settings, String jobId) throws Exception {
    progress = TrainerProgress.watch(progressId);
    flink =
        new TwoInputStreamOperatorTestHarness<>(
            new TrainModel(settings.apply(progressId), () -> jobId));
  }

  void open(OperatorSubtaskState state) throws Exception {
    flink.setProcessingTime(TrainModelTest.START_MS);
    flink.setup();
    flink.initializeState(state);
    flink.open();
  }

  void add(PointBlock block) throws Exception {
    nextOffset += block.n;
    block.nextOffsets = new long[] {nextOffset};
    flink.processElement1(new StreamRecord<>(block));
  }

  void label(float value, boolean fraud, long offset) throws Exception {
    LabelledPoint point = new LabelledPoint();
    point.values = new float[] {value, value, value};
    point.fraud = fraud;
    point.offset = offset;
    flink.processElement2(new StreamRecord<>(point));
  }

  void setProcessingTime(long timeMs) throws Exception {
    flink.setProcessingTime(timeMs);
  }

  OperatorSubtaskState snapshot() throws Exception {
    return flink.snapshot(++checkpointId, checkpointId);
  }

  byte[] stateBytes() throws Exception {
    try (var in = snapshot().getManagedOperatorState().iterator().next().openInputStream()) {
      return in.readAllBytes();
    }
  }

  long events() {
    return progress.eventsLearned() + progress.eventsQuarantined();
  }

  TrainerProgress progress() {
    return progress;
  }

  ModelVersion lastVersion() throws Exception {
    List<ModelVersion> versions = versions();
    return versions.get(versions.size() - 1);
  }

  List<ModelVersion> versions() throws Exception {
    List<ModelVersion> versions = new ArrayList<>();
    for (Candidate candidate : flink.extractOutputValues()) {
      assertThat(candidate.modelName).isEqualTo("cards");
      versions.add(
          new SpecificDatumReader<>(ModelVersion.class)
              .read(null, DecoderFactory.get().binaryDecoder(candidate.modelVersion, null)));
    }
    return versions;
  }

  /** What was told of drift. */
  List<DriftEvent> driftEvents() throws Exception {
    List<DriftEvent> events = new ArrayList<>();
    var told = flink.getSideOutput(TrainModel.DRIFT);
    if (told != null) {
      for (StreamRecord<DriftNotice> notice : told) {
        assertThat(notice.getValue().modelName).isEqualTo("cards");
        events.add(
            new SpecificDatumReader<>(DriftEvent.class)
                .read(
                    null, DecoderFactory.get().binaryDecoder(notice.getValue().driftEvent, null)));
      }
    }
    return events;
  }

  void close() throws Exception {
    flink.close();
    TrainerProgress.unwatch(progressId);
  }
}
