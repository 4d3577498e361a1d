package io.shoal.registry.client;

import io.shoal.kmeans.ClusterLineage;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.schemas.FloatArrays;
import io.shoal.schemas.avro.Change;
import io.shoal.schemas.avro.Lineage;
import io.shoal.schemas.avro.ModelVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * Between a model as the learner has it and as it travels. Shapes, numbers and the checksum are
 * checked on the way out and again on the way in.
 */
public final class ModelCodec {
  private ModelCodec() {}

  /**
   * Writes a model as a candidate; its version is 0 until the registry numbers it.
   *
   * @throws InvalidModelException when the metadata names another number of features than the model
   *     has
   */
  public static ModelVersion encode(KMeansModelData model, ModelMetadata metadata) {
    if (metadata.features().size() != model.dimension()) {
      throw new InvalidModelException(
          metadata.modelName(),
          0,
          "it has " + model.dimension() + " features, named are " + metadata.features());
    }
    return new ModelVersion(
        metadata.modelName(),
        0L,
        metadata.createdAt(),
        metadata.eventTime(),
        metadata.jobId(),
        metadata.sequence(),
        metadata.fingerprint(),
        metadata.features(),
        Arrays.stream(model.clusterIds()).boxed().toList(),
        FloatArrays.asList(model.centroids()),
        FloatArrays.asList(model.scales()),
        Arrays.stream(model.weights()).boxed().toList(),
        Arrays.stream(model.fraudWeights()).boxed().toList(),
        Arrays.stream(model.legitimateWeights()).boxed().toList(),
        ByteBuffer.wrap(model.scoreSketch()),
        FloatArrays.asList(model.means()),
        Arrays.stream(model.riskWeights()).boxed().toList(),
        model.lineage().stream().map(ModelCodec::encode).toList(),
        metadata.parameters(),
        metadata.metrics(),
        metadata.offsets(),
        model.checksum());
  }

  /**
   * Reads a model.
   *
   * @throws InvalidModelException when a shape, a number or the checksum is wrong
   */
  public static KMeansModelData decode(ModelVersion version) {
    KMeansModelData model;
    try {
      model =
          KMeansModelData.builder()
              .centroids(FloatArrays.toArray(version.getCentroids()))
              .scales(FloatArrays.toArray(version.getScales()))
              .weights(doubles(version.getWeights()))
              .clusterIds(version.getClusterIds().stream().mapToInt(Integer::intValue).toArray())
              .fraudWeights(doubles(version.getFraudWeights()))
              .legitimateWeights(doubles(version.getLegitimateWeights()))
              .scoreSketch(bytes(version.getScoreSketch()))
              .means(FloatArrays.toArray(version.getMeans()))
              .riskWeights(doubles(version.getRiskWeights()))
              .lineage(version.getLineage().stream().map(ModelCodec::decode).toList())
              .build();
    } catch (IllegalArgumentException e) {
      throw invalid(version, String.valueOf(e.getMessage()));
    }
    if (version.getFeatures().size() != model.dimension()) {
      throw invalid(
          version,
          "it names " + version.getFeatures().size() + " features and has " + model.dimension());
    }
    if (!model.checksum().equals(version.getChecksum())) {
      throw invalid(
          version,
          "its checksum is "
              + version.getChecksum()
              + ", that of its numbers "
              + model.checksum()
              + "; it was changed or damaged on the way");
    }
    return model;
  }

  /** The Avro body of a version: what the registry serves as its artifact. */
  public static byte[] toBytes(ModelVersion version) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    try {
      new SpecificDatumWriter<>(ModelVersion.class).write(version, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return out.toByteArray();
  }

  private static InvalidModelException invalid(ModelVersion version, String problem) {
    return new InvalidModelException(version.getModelName(), version.getVersion(), problem);
  }

  private static Lineage encode(ClusterLineage lineage) {
    return new Lineage(
        lineage.clusterId(), Change.valueOf(lineage.change().name()), lineage.parents());
  }

  private static ClusterLineage decode(Lineage lineage) {
    return new ClusterLineage(
        lineage.getClusterId(),
        ClusterLineage.Change.valueOf(lineage.getChange().name()),
        lineage.getParents());
  }

  private static double[] doubles(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }
}
