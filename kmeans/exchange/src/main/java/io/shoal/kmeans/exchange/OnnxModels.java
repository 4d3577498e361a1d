package io.shoal.kmeans.exchange;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import com.google.protobuf.InvalidProtocolBufferException;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.ScoringFormula;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Models as ONNX files, with which any ONNX runtime scores as {@code AnomalyScorer} does.
 *
 * <p>The graph has the input {@value #FEATURES}, float {@code [n, d]} in feature units, and the
 * outputs {@value #CLUSTER_ID}, int64 {@code [n]}; {@value #DISTANCE2}, float {@code [n]}; {@value
 * #SCORE}, double {@code [n]}; and, when the model has labels, {@value #RISK}, double {@code [n]}.
 * A graph cannot throw: a point with a value that is NaN or infinite has cluster {@value
 * #NO_CLUSTER} and NaN for the rest. The metadata hold the model itself and the names of its
 * features, one a line.
 */
public final class OnnxModels {
  /** Input, float {@code [n, d]}. */
  public static final String FEATURES = "features";

  /** Output: stable id of the nearest cluster, int64 {@code [n]}. */
  public static final String CLUSTER_ID = "cluster_id";

  /** Output: squared distance to its centroid in units of the scales, float {@code [n]}. */
  public static final String DISTANCE2 = "distance2";

  /** Output: percentile of the anomaly score, double {@code [n]}, in (0, 1). */
  public static final String SCORE = "score";

  /** Output of models with labels: probability of fraud, double {@code [n]}. */
  public static final String RISK = "risk";

  /** Cluster id of a point that is not finite. */
  public static final int NO_CLUSTER = -1;

  /** Of 2020 (ONNX 1.8), so that runtimes from then on read it. */
  private static final int OPERATOR_SET = 13;

  /** The file format that came with {@link #OPERATOR_SET}. */
  private static final int IR_VERSION = 7;

  private static final String PREFIX = "shoal.";

  private OnnxModels() {}

  /**
   * Writes a model. The same model gives the same bytes.
   *
   * @throws IllegalArgumentException when the model is too large to be read again
   */
  public static void write(NamedModel named, OutputStream out) throws IOException {
    KMeansModelData model = named.model();
    ModelProto.Builder proto =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
            .setProducerName("Shoal")
            .setDocString("k-means: nearest cluster and anomaly score of a point")
            .setGraph(ScoringGraph.of(ScoringFormula.of(model)));
    put(proto, FEATURES, String.join("\n", named.features()));
    ModelProperties.of(model).forEach((name, text) -> put(proto, name, text));
    ModelProto file = proto.build();
    ModelBytes.requireReadable(file.getSerializedSize());
    file.writeTo(out);
  }

  /**
   * Reads a model that {@link #write} wrote, bit for bit.
   *
   * @throws InvalidModelFileException when it is no ONNX file, not Shoal's, or damaged
   */
  public static NamedModel read(InputStream in) throws IOException {
    byte[] bytes = ModelBytes.read(in);
    ModelProto proto;
    try {
      proto = ModelProto.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidModelFileException(
          "it is no ONNX file, or a part of one (" + e.getMessage() + "); export it again", e);
    }
    Map<String, String> texts = new LinkedHashMap<>();
    for (StringStringEntryProto entry : proto.getMetadataPropsList()) {
      if (entry.getKey().startsWith(PREFIX)) {
        texts.put(entry.getKey().substring(PREFIX.length()), entry.getValue());
      }
    }
    String features = texts.get(FEATURES);
    if (features == null) {
      throw new InvalidModelFileException(
          "Shoal did not write it (producer '"
              + proto.getProducerName()
              + "'): a graph of operators does not say what its centroids are;"
              + " import models of other systems from PMML");
    }
    KMeansModelData model = ModelProperties.model(texts);
    try {
      return new NamedModel(model, List.of(features.split("\n", -1)));
    } catch (IllegalArgumentException e) {
      throw new InvalidModelFileException(e.getMessage() + "; export it again", e);
    }
  }

  private static void put(ModelProto.Builder proto, String name, String text) {
    proto.addMetadataProps(
        StringStringEntryProto.newBuilder().setKey(PREFIX + name).setValue(text));
  }
}
