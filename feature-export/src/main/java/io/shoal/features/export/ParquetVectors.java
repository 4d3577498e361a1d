package io.shoal.features.export;

import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import io.shoal.features.definition.FeatureSetDefinition.Entity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.jspecify.annotations.Nullable;

/**
 * Vectors as a Parquet file: {@code id}, {@code event_time}, one column for each entity's key, one
 * for each feature, then {@code label} and {@code label_known_at}, which are null where nothing is
 * known. Name and fingerprint of the set stand in the file's metadata. Compressed by Zstandard.
 */
public final class ParquetVectors implements VectorSink {
  /** Key of the set's name in the file's metadata. */
  public static final String NAME = "shoal.feature.set";

  /** Key of the fingerprint in the file's metadata. */
  public static final String FINGERPRINT = "shoal.fingerprint";

  private static final int ID = 0;
  private static final int EVENT_TIME = 1;
  private static final int KEYS = 2;

  private final Schema schema;
  private final int firstFeature;
  private final ParquetWriter<GenericRecord> writer;

  /** Opens the file and writes over what was there. */
  public ParquetVectors(FeatureSet features, Path file) throws IOException {
    schema = schema(features);
    firstFeature = KEYS + features.entities().size();
    writer =
        AvroParquetWriter.<GenericRecord>builder(new LocalOutputFile(file))
            .withSchema(schema)
            .withDataModel(GenericData.get())
            .withConf(new PlainParquetConfiguration())
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withCodecFactory(new ZstdCodec())
            .withExtraMetaData(Map.of(NAME, features.name(), FINGERPRINT, features.fingerprint()))
            .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
            .build();
  }

  @Override
  public void write(Event event, float[] vector, @Nullable KnownLabel label) throws IOException {
    GenericRecord row = new GenericData.Record(schema);
    row.put(ID, event.id);
    row.put(EVENT_TIME, event.timeMs);
    for (int i = 0; i < event.keys.length; i++) {
      row.put(KEYS + i, event.keys[i]);
    }
    for (int i = 0; i < vector.length; i++) {
      row.put(firstFeature + i, vector[i]);
    }
    if (label != null) {
      row.put(firstFeature + vector.length, label.fraud());
      row.put(firstFeature + vector.length + 1, label.knownAtMs());
    }
    writer.write(row);
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }

  private static Schema schema(FeatureSet features) {
    Schema time = LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
    SchemaBuilder.FieldAssembler<Schema> fields =
        SchemaBuilder.record("Vector").namespace("io.shoal.features").fields();
    fields = fields.requiredString("id").name("event_time").type(time).noDefault();
    for (Entity entity : features.entities()) {
      fields = fields.requiredString("key_" + entity.name());
    }
    for (String feature : features.names()) {
      fields = fields.requiredFloat(feature);
    }
    return fields
        .optionalBoolean("label")
        .name("label_known_at")
        .type()
        .optional()
        .type(time)
        .endRecord();
  }
}
