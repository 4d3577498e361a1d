package io.shoal.flinkml;

import io.shoal.kmeans.KMeansModelData;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A model on its way through tables and files: what labels need, as bytes.
 *
 * @param version 1, 2, 3, ... mini-batches that it has learned from
 * @param dimension d
 * @param centroids {@code [k * d]}, row-major, in units of the scales
 * @param scales {@code [d]}
 */
@SuppressWarnings("ArrayRecordComponent") // Read by its owner, never compared.
record VersionedModel(long version, int dimension, float[] centroids, float[] scales) {
  private static final int FORMAT = 1;

  static VersionedModel of(long version, KMeansModelData model) {
    int d = model.dimension();
    float[] scales = model.scales();
    float[] centroids = model.centroids();
    for (int i = 0; i < centroids.length; i++) {
      centroids[i] /= scales[i % d];
    }
    return new VersionedModel(version, d, centroids, scales);
  }

  /** k, number of clusters. */
  int clusters() {
    return centroids.length / dimension;
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(FORMAT);
      out.writeLong(version);
      out.writeInt(clusters());
      out.writeInt(dimension);
      for (float centroid : centroids) {
        out.writeFloat(centroid);
      }
      for (float scale : scales) {
        out.writeFloat(scale);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws UncheckedIOException when the bytes are of another format or cut short
   */
  static VersionedModel of(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int format = in.readInt();
      if (format != FORMAT) {
        throw new IOException("model of format " + format + ", known is " + FORMAT);
      }
      long version = in.readLong();
      int k = in.readInt();
      int d = in.readInt();
      return new VersionedModel(version, d, floats(in, k * d), floats(in, d));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Row of the nearest centroid. */
  int nearest(double[] x) {
    if (x.length != dimension) {
      throw new IllegalArgumentException(
          "a vector of " + x.length + " features, the model has " + dimension);
    }
    int nearest = 0;
    double smallest = Double.POSITIVE_INFINITY;
    for (int j = 0; j < clusters(); j++) {
      double distance2 = distance2(x, j);
      if (distance2 < smallest) {
        smallest = distance2;
        nearest = j;
      }
    }
    return nearest;
  }

  private double distance2(double[] x, int cluster) {
    double sum = 0;
    for (int f = 0; f < dimension; f++) {
      double difference = x[f] / scales[f] - centroids[cluster * dimension + f];
      sum += difference * difference;
    }
    return sum;
  }

  private static float[] floats(DataInputStream in, int n) throws IOException {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = in.readFloat();
    }
    return values;
  }
}
