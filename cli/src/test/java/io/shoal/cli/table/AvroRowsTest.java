package io.shoal.cli.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AvroRowsTest {
  private static final Schema SCHEMA =
      SchemaBuilder.record("Order")
          .fields()
          .requiredString("record_id")
          .name("at")
          .type(LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG)))
          .noDefault()
          .requiredString("shop")
          .optionalDouble("amount")
          .endRecord();

  @TempDir Path folder;

  @Test
  void shouldMakeRecordsAndNumberThemWhereNoColumnDoes() throws Exception {
    List<GenericRecord> records =
        records("at;shop;amount;other\n2024-05-06 10:00:00;a;1.5;x\n1714989600;\"b;c\";;y\n");

    assertThat(records).hasSize(2);
    assertThat(records.get(0).get("record_id")).isEqualTo("orders.csv:2");
    assertThat(records.get(0).get("at"))
        .isEqualTo(Instant.parse("2024-05-06T10:00:00Z").toEpochMilli());
    assertThat(records.get(0).get("amount")).isEqualTo(1.5);
    assertThat(records.get(1).get("shop")).isEqualTo("b;c");
    assertThat(records.get(1).get("amount")).isNull();
  }

  @Test
  void shouldSayWhichCellIsWrong() {
    assertThatThrownBy(() -> records("at,shop,amount\n2024-05-06,a,much\n"))
        .isInstanceOf(MalformedRowException.class)
        .hasMessage("amount is 'much', it must be a number, with a point");
    assertThatThrownBy(() -> records("at,shop,amount\nsoon,a,1\n"))
        .isInstanceOf(MalformedRowException.class)
        .hasMessageContaining("at is 'soon', it must be a time: 2024-05-06T10:00:00Z");
    assertThatThrownBy(() -> records("at,shop,amount\n2024-05-06,,1\n"))
        .isInstanceOf(MalformedRowException.class)
        .hasMessageContaining("shop is ''");
    assertThatThrownBy(() -> records("at,shop,amount\n2024-05-06,a,1,2\n"))
        .isInstanceOf(MalformedRowException.class)
        .hasMessageContaining("4 cells under 3 columns");
  }

  @Test
  void shouldSayWhichColumnIsMissing() {
    assertThatThrownBy(() -> records("at,shopp,amount\n2024-05-06,a,1\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("no column is named as the field 'shop'; did you mean 'shopp'?");
  }

  @Test
  void shouldWriteColumnsAsFields() throws IOException {
    Path file = Files.writeString(folder.resolve("a.csv"), "\uFEFFOrder ID,2nd,a_b\n1,2,3\n");
    try (CsvTable table = CsvTable.open(file)) {
      assertThat(table.columns()).containsExactly("Order_ID", "c_2nd", "a_b");
    }
    assertThatThrownBy(
            () -> CsvTable.open(Files.writeString(folder.resolve("b.csv"), "a b,a_b\n1,2\n")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("two columns named 'a_b'");
    assertThatThrownBy(() -> CsvTable.open(folder.resolve("c.csv")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("there is no file");
  }

  private List<GenericRecord> records(String text) throws IOException, MalformedRowException {
    Path file = Files.writeString(folder.resolve("orders.csv"), text);
    try (CsvTable table = CsvTable.open(file)) {
      AvroRows rows = new AvroRows(SCHEMA, table.columns(), "record_id", "orders.csv");
      List<GenericRecord> records = new ArrayList<>();
      for (CSVRecord row : table) {
        records.add(rows.record(row, table.line()));
      }
      return records;
    }
  }
}
