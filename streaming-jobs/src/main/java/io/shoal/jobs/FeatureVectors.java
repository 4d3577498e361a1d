package io.shoal.jobs;

import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.UndecodableRecordException;
import io.shoal.schemas.WireFormatReader;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * The topic {@code features}: vectors of a feature set.
 *
 * @param projection of them to the model's features
 * @param names of the set's features, as many as a vector has values
 * @param segment position of the feature that names a point's segment; -1 where none does
 */
record FeatureVectors(Projection projection, List<String> names, int segment)
    implements PointFormat<FeaturePoint> {
  @Override
  public PointDecoder<FeaturePoint> open(SchemaRegistry schemas) {
    WireFormatReader<PointReader> avro =
        OwnRecords.readers(new RecordLayout(names, "values", "event_time", "fingerprint"), schemas);
    FeaturePoint whole = new FeaturePoint();
    whole.values = new float[names.size()];
    Texts texts = new Texts();
    return (record, point) -> {
      PointReader read = avro.read(record.value());
      if (read == null) {
        throw new UndecodableRecordException("no-value", "the value is null", null);
      }
      projection.requireOf(read.text());
      read.fill(whole, record.timestamp());
      projection.take(whole.values, point.values);
      point.eventTimeMs = whole.eventTimeMs;
      point.segment = segment < 0 ? "" : texts.of(whole.values[segment]);
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
