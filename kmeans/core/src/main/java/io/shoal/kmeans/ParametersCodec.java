package io.shoal.kmeans;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Parameters within the state of a learner. */
final class ParametersCodec {
  private ParametersCodec() {}

  static void write(MiniBatchKMeansParameters parameters, DataOutput out) throws IOException {
    out.writeInt(parameters.k());
    out.writeInt(parameters.dimension());
    out.writeLong(parameters.seed());
    out.writeUTF(parameters.halfLife().unit().name());
    out.writeDouble(parameters.halfLife().length());
    out.writeDouble(parameters.learnablePercentile());
    out.writeDouble(parameters.driftFactor());
    out.writeDouble(parameters.deadFraction());
    out.writeInt(parameters.startPoints());
    out.writeInt(parameters.resolutions().size());
    for (float resolution : parameters.resolutions()) {
      out.writeFloat(resolution);
    }
  }

  static MiniBatchKMeansParameters read(DataInput in) throws IOException {
    return new MiniBatchKMeansParameters(
        in.readInt(),
        in.readInt(),
        in.readLong(),
        new HalfLife(HalfLife.Unit.valueOf(in.readUTF()), in.readDouble()),
        in.readDouble(),
        in.readDouble(),
        in.readDouble(),
        in.readInt(),
        readFloats(in));
  }

  private static List<Float> readFloats(DataInput in) throws IOException {
    int length = in.readInt();
    List<Float> values = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      values.add(in.readFloat());
    }
    return values;
  }
}
