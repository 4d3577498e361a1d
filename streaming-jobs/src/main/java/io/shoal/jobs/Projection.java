package io.shoal.jobs;

import io.shoal.features.FeatureSet;
import io.shoal.schemas.FloatArrays;
import io.shoal.schemas.UndecodableRecordException;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes a model's features out of whole vectors of one feature set, and refuses vectors that are
 * not what they say they are.
 */
final class Projection implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String fingerprint;
  private final int vectorLength;
  private final int[] indexes;

  /**
   * @param fingerprint of the feature set
   * @param vectorLength number of features of the set
   * @param indexes where the model's features stand in the vector, {@code [d]}
   */
  Projection(String fingerprint, int vectorLength, int... indexes) {
    this.fingerprint = fingerprint;
    this.vectorLength = vectorLength;
    this.indexes = indexes.clone();
  }

  /**
   * Takes these features, by name, out of the vectors of this set.
   *
   * @throws IllegalArgumentException when a name is not of the set
   */
  static Projection of(FeatureSet set, List<String> features) {
    return new Projection(set.fingerprint(), set.dimension(), set.indexesOf(features));
  }

  /** d, the number of the model's features. */
  int dimension() {
    return indexes.length;
  }

  /** An array for {@link #project} to work in. */
  float[] newWorkspace() {
    return new float[vectorLength];
  }

  /**
   * Writes the model's features of a vector into {@code out}, {@code [d]}.
   *
   * @throws UndecodableRecordException when the vector cannot be used, with a reason for counting
   */
  void project(String vectorFingerprint, List<Float> values, float[] workspace, float[] out) {
    requireOf(vectorFingerprint);
    if (values.size() != vectorLength) {
      throw refused("wrong-length", values.size() + " values, not " + vectorLength);
    }
    FloatArrays.copy(values, workspace, 0);
    for (float value : workspace) {
      if (!Float.isFinite(value)) {
        throw refused("not-finite", "a value is " + value);
      }
    }
    take(workspace, out);
  }

  /**
   * Refuses a vector of another feature set.
   *
   * @throws UndecodableRecordException with a reason for counting
   */
  void requireOf(@Nullable String vectorFingerprint) {
    if (!fingerprint.equals(vectorFingerprint)) {
      throw refused("wrong-fingerprint", "the vector is of " + vectorFingerprint);
    }
  }

  /** Writes the model's features of a vector of the set into {@code out}, {@code [d]}. */
  void take(float[] vector, float[] out) {
    for (int i = 0; i < indexes.length; i++) {
      out[i] = vector[indexes[i]];
    }
  }

  private static UndecodableRecordException refused(String reason, String detail) {
    return new UndecodableRecordException(reason, detail, null);
  }
}
