package io.shoal.jobs;

import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.UndecodableRecordException;
import io.shoal.schemas.WireFormatReader;
import org.apache.avro.Schema;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * A topic of the user's: Avro records of any schemas that have what the layout names. The layout's
 * text is the point's segment.
 */
record OwnRecords(RecordLayout layout) implements PointFormat<FeaturePoint> {
  @Override
  public PointDecoder<FeaturePoint> open(SchemaRegistry schemas) {
    WireFormatReader<PointReader> avro = readers(layout, schemas);
    return (record, point) -> {
      PointReader read = avro.read(record.value());
      if (read == null) {
        throw new UndecodableRecordException("no-value", "the value is null", null);
      }
      read.fill(point, record.timestamp());
      String segment = read.text();
      point.segment = segment == null ? "" : segment;
    };
  }

  /** Reads a layout out of records of any schema that has what it names. */
  static WireFormatReader<PointReader> readers(RecordLayout layout, SchemaRegistry schemas) {
    return new WireFormatReader<>(
        schemas,
        written -> new WireFormatReader.Known<>(reader(layout, written), written.getFullName()));
  }

  private static PointReader reader(RecordLayout layout, Schema written) {
    try {
      if (written.getType() != Schema.Type.RECORD) {
        throw new IllegalArgumentException(
            "the value was written as a " + written.getName() + ", which is no record");
      }
      return new PointReader(layout, written);
    } catch (IllegalArgumentException e) {
      throw new UndecodableRecordException("wrong-schema", String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public FeaturePoint newPoint() {
    FeaturePoint point = new FeaturePoint();
    point.values = new float[layout.features().size()];
    return point;
  }

  @Override
  public TypeInformation<FeaturePoint> type() {
    return TypeInformation.of(FeaturePoint.class);
  }
}
