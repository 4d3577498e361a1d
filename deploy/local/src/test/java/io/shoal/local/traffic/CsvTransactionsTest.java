package io.shoal.local.traffic;

import static io.shoal.local.traffic.TransactionSource.Item.END;
import static io.shoal.local.traffic.TransactionSource.Item.MALFORMED;
import static io.shoal.local.traffic.TransactionSource.Item.TRANSACTION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.shoal.config.ConfigException;
import io.shoal.schemas.avro.Transaction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTransactionsTest {
  private static final String HEADER =
      "transaction_id,event_time,customer_id,terminal_id,amount,fraud\n";
  private static final Path SHARED =
      Path.of("../../../shared/data/transactions-2018-04-01-to-2018-08-14.csv.gz");

  @TempDir Path dir;

  @Test
  void shouldReadTransactionsAndLabels() throws IOException {
    try (CsvTransactions source =
        open(
            HEADER + "7,2018-04-01T00:00:31Z,596,3156,57.16,0\n8,2018-04-01T00:02:10Z,4,5,1e2,1")) {
      assertThat(source.name()).isEqualTo("t.csv");
      assertThat(source.next()).isEqualTo(TRANSACTION);
      assertThat(source.transaction())
          .isEqualTo(
              new Transaction("7", Instant.parse("2018-04-01T00:00:31Z"), "596", "3156", 57.16));
      assertThat(source.fraud()).isFalse();
      assertThat(source.next()).isEqualTo(TRANSACTION);
      assertThat(source.transaction().getAmount()).isEqualTo(100);
      assertThat(source.fraud()).isTrue();
      assertThat(source.next()).isEqualTo(END);
    }
  }

  @Test
  void shouldTakeColumnsInAnyOrderAndIgnoreOthers() throws IOException {
    try (CsvTransactions source =
        open(
            String.join(
                "\r\n",
                "\uFEFFAmount,note, terminal_id ,customer_id,event_time,transaction_id",
                "1.5,hello,t,c,2020-02-29T23:59:59+02:00,x",
                ""))) {
      assertThat(source.next()).isEqualTo(TRANSACTION);
      assertThat(source.transaction())
          .isEqualTo(new Transaction("x", Instant.parse("2020-02-29T21:59:59Z"), "c", "t", 1.5));
      assertThat(source.fraud()).isNull();
    }
  }

  @Test
  void shouldReadQuotedFields() throws IOException {
    try (CsvTransactions source =
        open(HEADER + "\"a,\"\"b\"\"\",\"2018-04-01T00:00:31Z\",\"c\",t,\"3.25\",\n")) {
      assertThat(source.next()).isEqualTo(TRANSACTION);
      assertThat(source.transaction().getTransactionId()).isEqualTo("a,\"b\"");
      assertThat(source.transaction().getAmount()).isEqualTo(3.25);
      assertThat(source.fraud()).isNull();
    }
  }

  @Test
  void shouldReadGzipOfSeveralMembers() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(gzip(HEADER + "1,2018-04-01T00:00:31Z,c,t,1,0\n"));
    bytes.write(gzip("2,2018-04-01T00:00:32Z,c,t,1,0\n"));
    try (CsvTransactions source =
        new CsvTransactions(Files.write(dir.resolve("t.csv.gz"), bytes.toByteArray()))) {
      assertThat(source.next()).isEqualTo(TRANSACTION);
      assertThat(source.next()).isEqualTo(TRANSACTION);
      assertThat(source.transaction().getTransactionId()).isEqualTo("2");
      assertThat(source.next()).isEqualTo(END);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1,2018-04-01T00:00:31Z,c,t,1 | the line has 5 fields, the header has 6",
        "1,2018-04-01T00:00:31Z,c,t,1,0,9 | the line has 7 fields, the header has 6",
        "1,2018-04-01T00:00:31Z,c,t,one,0 | amount 'one' is no number",
        "1,2018-04-01T00:00:31Z,c,t,,0 | amount '' is no number",
        "1,2018-04-01T00:00:31Z,c,t,.,0 | amount '.' is no number",
        "1,2018-04-01T00:00:31Z,c,t,1.2.3,0 | amount '1.2.3' is no number",
        "1,2018-04-01T00:00:31Z,c,t,NaN,0 | amount 'NaN' is not finite",
        "1,2018-04-01T00:00:31Z,c,t,-Infinity,0 | amount '-Infinity' is not finite",
        "1,2018-04-01T00:00:31Z,c,t,1e999,0 | amount '1e999' is not finite",
        "1,2018-04-01T00:00:31Z,c,t,0x1p3,0 | amount '0x1p3' is no decimal number",
        "1,2018-04-01T00:00:31Z,c,t,1d,0 | amount '1d' is no decimal number",
        "1,2018-04-01 00:00:31,c,t,1,0 | event_time '2018-04-01 00:00:31' is no ISO-8601",
        "1,2018-02-30T00:00:31Z,c,t,1,0 | event_time '2018-02-30T00:00:31Z' is no ISO-8601",
        "1,2018-04-01T24:00:31Z,c,t,1,0 | event_time '2018-04-01T24:00:31Z' is no ISO-8601",
        "1,+999999999-12-31T00:00:00Z,c,t,1,0 | event_time '+999999999-12-31T00:00:00Z' is no ISO",
        "1,,c,t,1,0 | event_time '' is no ISO-8601 time with zone, as in 2018-04-01T00:00:31Z",
        ",2018-04-01T00:00:31Z,c,t,1,0 | transaction_id is empty",
        "1,2018-04-01T00:00:31Z, ,t,1,0 | customer_id is empty",
        "1,2018-04-01T00:00:31Z,c,,1,0 | terminal_id is empty",
        "1,2018-04-01T00:00:31Z,c,t,1,yes | fraud 'yes' is neither 0 nor 1 nor empty",
        "1,2018-04-01T00:00:31Z,\"c,t,1,0 | a quoted field is broken"
      })
  void shouldHandOutMalformedLineWithReasonAndGoOn(String line, String reason) throws IOException {
    String good = "2,2018-04-01T00:00:32Z,c,t,1,0\n";
    try (CsvTransactions source = open(HEADER + good + line + "\n" + good)) {
      assertThat(source.next()).isEqualTo(TRANSACTION);
      assertThat(source.next()).isEqualTo(MALFORMED);
      assertThat(source.malformed().number()).isEqualTo(3);
      assertThat(source.malformed().text()).isEqualTo(line);
      assertThat(source.malformed().message()).startsWith(reason);
      assertThatThrownBy(source::transaction).isInstanceOf(IllegalStateException.class);
      assertThat(source.next()).isEqualTo(TRANSACTION);
      assertThatThrownBy(source::malformed).isInstanceOf(IllegalStateException.class);
      assertThat(source.next()).isEqualTo(END);
    }
  }

  @Test
  void shouldSkipEmptyLinesButCountThem() throws IOException {
    try (CsvTransactions source = open(HEADER + "\n\r\nbad\n")) {
      assertThat(source.next()).isEqualTo(MALFORMED);
      assertThat(source.malformed().number()).isEqualTo(4);
    }
  }

  @Test
  void shouldCutLineThatIsTooLongAndGoOn() throws IOException {
    char[] key = new char[3 * CsvTransactions.LINE_CHARS_MAX];
    Arrays.fill(key, 'k');
    String good = "2,2018-04-01T00:00:32Z,c,t,1,0";
    String tooLong = new String(key) + ",2018-04-01T00:00:32Z,c,t,1,0";
    try (CsvTransactions source = open(HEADER + tooLong + "\n" + good + "\n" + tooLong)) {
      assertThat(source.next()).isEqualTo(MALFORMED);
      assertThat(source.malformed().message()).isEqualTo("the line has more than 65536 characters");
      assertThat(source.malformed().text()).hasSize(CsvTransactions.LINE_CHARS_MAX);
      assertThat(source.next()).isEqualTo(TRANSACTION);
      assertThat(source.transaction().getTransactionId()).isEqualTo("2");
      assertThat(source.next()).isEqualTo(MALFORMED);
      assertThat(source.malformed().number()).isEqualTo(4);
      assertThat(source.next()).isEqualTo(END);
    }
  }

  @Test
  void shouldSayWhichColumnsAreMissing() {
    assertThatThrownBy(() -> open("transaction_id;event_time\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "lacks the columns transaction_id, event_time, customer_id, terminal_id, amount;");
    assertThatThrownBy(() -> open("event_time,customer_id,terminal_id,amount,transaction_id2\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("lacks the column transaction_id;");
  }

  @Test
  void shouldRefuseFileThatIsEmptyMissingOrNoGzip() throws IOException {
    assertThatThrownBy(() -> open(""))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("is empty");
    assertThatThrownBy(() -> new CsvTransactions(dir.resolve("none.csv")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("none.csv");
    Path plain = Files.writeString(dir.resolve("plain.csv.gz"), HEADER);
    assertThatThrownBy(() -> new CsvTransactions(plain))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("plain.csv.gz");
  }

  @Test
  void shouldSayHowFarDamagedFileCouldBeRead() throws IOException {
    byte[] whole = gzip(HEADER + "1,2018-04-01T00:00:31Z,c,t,1,0\n".repeat(10_000));
    Path damaged = Files.write(dir.resolve("t.csv.gz"), Arrays.copyOf(whole, whole.length - 20));
    try (CsvTransactions source = new CsvTransactions(damaged)) {
      assertThatThrownBy(
              () -> {
                while (source.next() != END) {
                  assertThat(source.transaction().getTransactionId()).isEqualTo("1");
                }
              })
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageMatching("cannot read t.csv.gz beyond line \\d+: .*");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "57.16",
        ".5",
        "5.",
        "0.1",
        "123456789012345",
        "1234567.8901234",
        "0.00000000000001",
        "-3.2",
        "+4.1",
        "1E-3",
        "12345678901234567890",
        "0.30000000000000004",
        " 7.5 "
      })
  void shouldReadAmountsAsJavaDoes(String text) throws IOException {
    try (CsvTransactions source = open(HEADER + "1,2018-04-01T00:00:31Z,c,t," + text + ",0\n")) {
      assertThat(source.next()).isEqualTo(TRANSACTION);
      assertThat(source.transaction().getAmount()).isEqualTo(Double.parseDouble(text));
    }
  }

  @Test
  void shouldReadHandbooksDataWithoutComplaint() {
    assumeThat(SHARED).as("the shared data are here").exists();
    long transactions = 0;
    long frauds = 0;
    double amounts = 0;
    try (CsvTransactions source = new CsvTransactions(SHARED)) {
      while (source.next() == TRANSACTION) {
        transactions++;
        frauds += Boolean.TRUE.equals(source.fraud()) ? 1 : 0;
        amounts += source.transaction().getAmount();
      }
      assertThatThrownBy(source::malformed).isInstanceOf(IllegalStateException.class);
    }
    assertThat(transactions).isEqualTo(1_303_778);
    assertThat(frauds).isEqualTo(10_659);
    assertThat(amounts / transactions).isBetween(53.619, 53.620);
  }

  private CsvTransactions open(String text) throws IOException {
    return new CsvTransactions(Files.writeString(dir.resolve("t.csv"), text));
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
