package io.shoal.features.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import io.shoal.features.Event;
import io.shoal.features.FeatureSet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetVectorsTest {
  private static final FeatureSet FEATURES = FeatureSet.cardTransactions();

  @TempDir Path folder;

  @Test
  void shouldWriteWhatAnyReaderOfParquetReads() throws IOException {
    Path file = folder.resolve("vectors.parquet");
    Event event = FEATURES.newEvent();
    float[] vector = new float[FEATURES.dimension()];
    try (ParquetVectors sink = new ParquetVectors(FEATURES, file)) {
      for (int i = 0; i < 10_000; i++) {
        event.id = "t-" + i;
        event.timeMs = 1_000L * i;
        event.keys[0] = "anna";
        event.keys[1] = "books";
        vector[0] = i / 2f;
        sink.write(event, vector, i % 2 == 0 ? null : new KnownLabel(true, 7));
      }
    }

    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new ReadingCodec())
            .build();
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file), options)) {
      assertThat(reader.getRecordCount()).isEqualTo(10_000);
      assertThat(reader.getFileMetaData().getKeyValueMetaData())
          .containsEntry("shoal.feature.set", "card-transactions")
          .containsEntry("shoal.fingerprint", FEATURES.fingerprint());
      MessageType schema = reader.getFileMetaData().getSchema();
      PageReadStore pages = reader.readNextRowGroup();
      RecordReader<Group> rows =
          new ColumnIOFactory()
              .getColumnIO(schema)
              .getRecordReader(pages, new GroupRecordConverter(schema));
      Group first = rows.read();
      assertThat(first.getString("id", 0)).isEqualTo("t-0");
      assertThat(first.getFieldRepetitionCount("label")).isZero();
      Group second = rows.read();
      assertThat(second.getLong("event_time", 0)).isEqualTo(1_000);
      assertThat(second.getString("key_terminal", 0)).isEqualTo("books");
      assertThat(second.getFloat("amount", 0)).isEqualTo(0.5f);
      assertThat(second.getBoolean("label", 0)).isTrue();
      assertThat(second.getLong("label_known_at", 0)).isEqualTo(7);
    }
  }

  private static final class ReadingCodec implements CompressionCodecFactory {
    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
      assertThat(name).isEqualTo(CompressionCodecName.ZSTD);
      return new BytesInputDecompressor() {
        @Override
        public BytesInput decompress(BytesInput bytes, int size) throws IOException {
          return BytesInput.from(new ZstdInputStream(bytes.toInputStream()).readAllBytes());
        }

        @Override
        public void decompress(ByteBuffer in, int length, ByteBuffer out, int size)
            throws IOException {
          byte[] compressed = new byte[length];
          in.get(compressed);
          out.put(new ZstdInputStream(new ByteArrayInputStream(compressed)).readAllBytes());
        }

        @Override
        public void release() {}
      };
    }

    @Override
    public void release() {}
  }
}
