package io.shoal.jobs;

import io.shoal.schemas.avro.FeatureVector;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** Reads the topic {@code features}. */
final class FeatureVectorDeserializer extends VectorDeserializer<FeatureVector, FeaturePoint> {
  private static final long serialVersionUID = 1L;

  FeatureVectorDeserializer(Projection projection, String schemaRegistryUrl, String progressId) {
    super(FeatureVector.class, projection, schemaRegistryUrl, progressId);
  }

  @Override
  FeaturePoint newPoint() {
    return new FeaturePoint();
  }

  @Override
  void fill(FeaturePoint target, FeatureVector source) {
    target.eventTimeMs = source.getEventTime().toEpochMilli();
  }

  @Override
  String fingerprint(FeatureVector source) {
    return source.getFingerprint();
  }

  @Override
  List<Float> values(FeatureVector source) {
    return source.getValues();
  }

  @Override
  public TypeInformation<FeaturePoint> getProducedType() {
    return TypeInformation.of(FeaturePoint.class);
  }
}
