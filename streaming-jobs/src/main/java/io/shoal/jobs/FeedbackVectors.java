package io.shoal.jobs;

import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.UndecodableRecordException;
import io.shoal.schemas.avro.Feedback;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * The topic {@code feedback}: vectors with what became known of them.
 *
 * @param projection of them to the model's features
 * @param segment position of the value that names a vector's segment; -1 where none does
 */
record FeedbackVectors(Projection projection, int segment) implements PointFormat<LabelledPoint> {
  @Override
  public PointDecoder<LabelledPoint> open(SchemaRegistry schemas) {
    AvroDeserializer<Feedback> avro = new AvroDeserializer<>(schemas, Feedback.class);
    float[] workspace = projection.newWorkspace();
    Texts texts = new Texts();
    return (record, point) -> {
      Feedback label = avro.deserialize(record.topic(), record.value());
      if (label == null) {
        throw new UndecodableRecordException("no-value", "the value is null", null);
      }
      projection.project(label.getFingerprint(), label.getValues(), workspace, point.values);
      point.eventTimeMs = label.getKnownAt().toEpochMilli();
      point.fraud = label.getFraud();
      point.segment = segment < 0 ? "" : texts.of(workspace[segment]);
    };
  }

  @Override
  public LabelledPoint newPoint() {
    LabelledPoint point = new LabelledPoint();
    point.values = new float[projection.dimension()];
    return point;
  }

  @Override
  public TypeInformation<LabelledPoint> type() {
    return TypeInformation.of(LabelledPoint.class);
  }
}
