package io.shoal.kmeans.exchange;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Models as PMML 4.4 {@code ClusteringModel} files, with which any PMML consumer finds the same
 * nearest cluster and squared distance. PMML has no place for percentiles and risk: what they need
 * stands in {@code Extension} elements, so that Shoal reads the same model back.
 */
public final class PmmlModels {
  private PmmlModels() {}

  /**
   * Writes a model. The same model gives the same bytes.
   *
   * @throws IllegalArgumentException when the model is too large to be read again
   */
  public static void write(NamedModel named, OutputStream out) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PmmlXml.write(PmmlWriter.pmml(named), bytes);
    ModelBytes.requireReadable(bytes.size());
    bytes.writeTo(out);
  }

  /**
   * Reads a model: one that {@link #write} wrote bit for bit, one of another system with what its
   * file has. The latter is a centre-based model with (squared) Euclidean distances; its scales
   * come from the field weights, its weights from the cluster sizes, 1 where there are none. Such a
   * file knows nothing of the traffic, so that scores are in the right order but no percentiles
   * until the model is {@linkplain NamedModel#calibrated calibrated}.
   *
   * @throws InvalidModelFileException when it is no PMML file, damaged, or of a kind that is no
   *     k-means model of Shoal's
   */
  public static NamedModel read(InputStream in) throws IOException {
    return PmmlReader.model(PmmlXml.read(ModelBytes.read(in)));
  }
}
