package io.shoal.jobs;

import io.shoal.schemas.GenericAvroDeserializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.UndecodableRecordException;
import java.util.IdentityHashMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** A topic of the user's: Avro records of any schemas that have what the layout names. */
record OwnRecords(RecordLayout layout) implements PointFormat<FeaturePoint> {
  @Override
  public PointDecoder<FeaturePoint> open(SchemaRegistry schemas) {
    GenericAvroDeserializer avro = new GenericAvroDeserializer(schemas);
    // The deserializer gives records of one schema id the same schema object.
    IdentityHashMap<Schema, PointReader> readers = new IdentityHashMap<>();
    return (record, point) -> {
      GenericRecord value = avro.deserialize(record.topic(), record.value());
      if (value == null) {
        throw new UndecodableRecordException("no-value", "the value is null", null);
      }
      PointReader reader = readers.get(value.getSchema());
      if (reader == null) {
        reader = reader(value.getSchema());
        readers.put(value.getSchema(), reader);
      }
      reader.read(value, record.timestamp(), point);
    };
  }

  private PointReader reader(Schema schema) {
    try {
      return new PointReader(layout, schema);
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
