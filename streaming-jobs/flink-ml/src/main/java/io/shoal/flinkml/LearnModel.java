package io.shoal.flinkml;

import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.HalfLife;
import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelProvider;
import io.shoal.kmeans.MiniBatch;
import io.shoal.kmeans.MiniBatchKMeans;
import io.shoal.kmeans.MiniBatchKMeansParameters;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.ml.linalg.DenseVector;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Learns from every {@code globalBatchSize} vectors, and from the rest when the input ends; emits a
 * {@link VersionedModel} each time. One for each model, with all that it knows in its state.
 */
final class LearnModel extends AbstractStreamOperator<byte[]>
    implements OneInputStreamOperator<DenseVector, byte[]>, BoundedOneInput {
  private static final long serialVersionUID = 1L;
  private static final int STATE_BYTES_INITIAL = 64 << 10;

  private final int k;
  private final long seed;
  private final int batchSize;
  private final double decayFactor;

  private transient ListState<byte[]> state;
  private transient AssignmentKernel kernel;
  private transient @Nullable MiniBatchKMeans learner;
  private transient float[] points;
  private transient int dimension;
  private transient int n;
  private transient long version;

  @SuppressWarnings("NullAway.Init") // Flink calls initializeState() before anything else
  LearnModel(int k, long seed, int batchSize, double decayFactor) {
    this.k = k;
    this.seed = seed;
    this.batchSize = batchSize;
    this.decayFactor = decayFactor;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    state =
        context
            .getOperatorStateStore()
            .getListState(
                new ListStateDescriptor<>("learner", BytePrimitiveArraySerializer.INSTANCE));
    kernel = KernelProvider.load(KernelChoice.AUTO);
    points = new float[0];
    for (byte[] bytes : state.get()) {
      DataInputDeserializer in = new DataInputDeserializer(bytes);
      version = in.readLong();
      learner = version > 0 ? MiniBatchKMeans.readFrom(in, kernel) : null;
      dimension = in.readInt();
      points = new float[batchSize * dimension];
      n = in.readInt();
      for (int i = 0; i < n * dimension; i++) {
        points[i] = in.readFloat();
      }
    }
  }

  @Override
  public void processElement(StreamRecord<DenseVector> element) {
    double[] x = element.getValue().values;
    if (points.length == 0) {
      dimension = x.length;
      points = new float[batchSize * dimension];
    }
    if (x.length != dimension) {
      throw new IllegalArgumentException(
          "a vector of " + x.length + " features after some of " + dimension);
    }
    for (int f = 0; f < dimension; f++) {
      points[n * dimension + f] = (float) x[f];
    }
    n++;
    if (n == batchSize) {
      learn();
    }
  }

  @Override
  public void endInput() {
    if (n > 0) {
      learn();
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    DataOutputSerializer out = new DataOutputSerializer(STATE_BYTES_INITIAL);
    out.writeLong(version);
    if (learner != null) {
      learner.writeTo(out);
    }
    out.writeInt(dimension);
    out.writeInt(n);
    for (int i = 0; i < n * dimension; i++) {
      out.writeFloat(points[i]);
    }
    state.update(List.of(out.getCopyOfBuffer()));
  }

  private void learn() {
    if (learner == null) {
      learner = new MiniBatchKMeans(parameters(), kernel);
    }
    learner.learn(new MiniBatch(Arrays.copyOf(points, n * dimension), n, dimension, 0));
    n = 0;
    version++;
    output.collect(new StreamRecord<>(VersionedModel.of(version, learner.snapshot()).toBytes()));
  }

  /** Starts from the first mini-batch. */
  private MiniBatchKMeansParameters parameters() {
    if (n < k) {
      throw new IllegalArgumentException(
          n + " vectors are too few for k = " + k + " clusters; give more, or set a lower k");
    }
    double events = decayFactor == 1 ? 0 : batchSize * Math.log(0.5) / Math.log(decayFactor);
    return MiniBatchKMeansParameters.builder()
        .k(k)
        .dimension(dimension)
        .seed(seed)
        .startPoints(n)
        .halfLife(decayFactor == 1 ? HalfLife.none() : new HalfLife(HalfLife.Unit.EVENTS, events))
        .build();
  }
}
