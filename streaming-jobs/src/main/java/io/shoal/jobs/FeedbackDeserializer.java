package io.shoal.jobs;

import io.shoal.schemas.avro.Feedback;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** Reads the topic {@code feedback}. */
final class FeedbackDeserializer extends VectorDeserializer<Feedback, LabelledPoint> {
  private static final long serialVersionUID = 1L;

  FeedbackDeserializer(Projection projection, String schemaRegistryUrl, String progressId) {
    super(Feedback.class, projection, schemaRegistryUrl, progressId);
  }

  @Override
  LabelledPoint newPoint() {
    return new LabelledPoint();
  }

  @Override
  void fill(LabelledPoint target, Feedback source) {
    target.eventTimeMs = source.getKnownAt().toEpochMilli();
    target.fraud = source.getFraud();
  }

  @Override
  String fingerprint(Feedback source) {
    return source.getFingerprint();
  }

  @Override
  List<Float> values(Feedback source) {
    return source.getValues();
  }

  @Override
  public TypeInformation<LabelledPoint> getProducedType() {
    return TypeInformation.of(LabelledPoint.class);
  }
}
