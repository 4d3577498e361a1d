package io.shoal.jobs;

import io.shoal.schemas.AvroDeserializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.UndecodableRecordException;
import io.shoal.schemas.avro.FeatureVector;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** The topic {@code features}: vectors of a feature set. */
record FeatureVectors(Projection projection) implements PointFormat<FeaturePoint> {
  @Override
  public PointDecoder<FeaturePoint> open(SchemaRegistry schemas) {
    AvroDeserializer<FeatureVector> avro = new AvroDeserializer<>(schemas, FeatureVector.class);
    float[] workspace = projection.newWorkspace();
    return (record, point) -> {
      FeatureVector vector = avro.deserialize(record.topic(), record.value());
      if (vector == null) {
        throw new UndecodableRecordException("no-value", "the value is null", null);
      }
      projection.project(vector.getFingerprint(), vector.getValues(), workspace, point.values);
      point.eventTimeMs = vector.getEventTime().toEpochMilli();
    };
  }

  @Override
  public FeaturePoint newPoint() {
    FeaturePoint point = new FeaturePoint();
    point.values = new float[projection.dimension()];
    return point;
  }

  @Override
  public TypeInformation<FeaturePoint> type() {
    return TypeInformation.of(FeaturePoint.class);
  }
}
