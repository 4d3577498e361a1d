package io.shoal.console.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.console.train.TrainingRun.Request;
import io.shoal.console.train.TrainingRun.Status;
import io.shoal.console.train.UploadedTable.ColumnView;
import java.io.StringReader;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TrainingTest {
  @Test
  void shouldSayHowColumnsAreDistributed() {
    UploadedTable table = table("id,\"amount, net\",who\n1,10,ann\n2,,bob\n3,30,carl\n");

    assertThat(table.rows()).isEqualTo(3);
    ColumnView amount = ColumnView.of(table.columns().get(1));
    assertThat(amount.name()).isEqualTo("amount, net");
    assertThat(amount.missing()).isEqualTo(1);
    assertThat(amount.distribution().mean()).isEqualTo(20);
    assertThat(amount.distribution().counts().get(0)).isEqualTo(1);
    assertThat(amount.distribution().counts().get(23)).isEqualTo(1);
    assertThat(ColumnView.of(table.columns().get(2)).distribution()).isNull();
    assertThat(ColumnView.of(table.columns().get(2)).examples())
        .containsExactly("ann", "bob", "carl");
  }

  @Test
  void shouldRefuseWhatIsNoTableAndSayWhy() {
    assertThatThrownBy(() -> table("")).hasMessageContaining("no rows");
    assertThatThrownBy(() -> table("a,b\n1\n")).hasMessageContaining("line 2 has 1 fields");
    assertThatThrownBy(() -> table("a,a\n1,2\n")).hasMessageContaining("stands twice");
    assertThatThrownBy(() -> table("c,".repeat(300) + "c\n")).hasMessageContaining("200 at most");
  }

  @Test
  void shouldChooseKAndFindTheOddRows() {
    TrainingRun run =
        new TrainingRun("1", blobs(), new Request("f", List.of("x", "y"), 0, "odd", 1));
    run.run();

    Status status = run.status();
    assertThat(status.problem()).isNull();
    assertThat(status.state()).isEqualTo("done");
    assertThat(status.progress()).isEqualTo(1);
    assertThat(status.tried()).extracting(t -> t.k()).contains(2, 3, 4);
    TrainingReport report = status.report();
    assertThat(report.clusters().stream().mapToLong(TrainingReport.Cluster::rows).sum())
        .isEqualTo(1_500);
    assertThat(report.auc()).isGreaterThan(0.95);
    assertThat(report.oddest().get(0).label()).isEqualTo(1f);
    assertThat(report.ranks())
        .last()
        .satisfies(
            c -> {
              assertThat(c.alerts()).isEqualTo(150);
              assertThat(c.caught()).isEqualTo(c.odd()).isEqualTo(10);
            });
  }

  @Test
  void shouldGiveTheSameModelForTheSameSeed() {
    assertThat(checksum(3)).isEqualTo(checksum(3));
  }

  @Test
  void shouldRefuseWhatCannotBeLearnedFrom() {
    UploadedTable table = table("a,who\n1,ann\n2,bob\n");
    assertThatThrownBy(() -> new TrainingRun("1", table, new Request("f", List.of(), 2, null, 1)))
        .hasMessageContaining("at least one feature");
    assertThatThrownBy(
            () -> new TrainingRun("1", table, new Request("f", List.of("who"), 2, null, 1)))
        .hasMessageContaining("'who' is no column of numbers");
    TrainingRun few = new TrainingRun("1", table, new Request("f", List.of("a"), 5, null, 1));
    few.run();
    assertThat(few.status().state()).isEqualTo("failed");
    assertThat(few.status().problem()).contains("5 clusters need as many complete rows");
  }

  @Test
  void shouldStopWhenCancelled() {
    TrainingRun run = new TrainingRun("1", blobs(), new Request("f", List.of("x"), 0, null, 1));
    run.cancel();
    run.run();
    assertThat(run.status().state()).isEqualTo("cancelled");
    assertThat(run.model()).isNull();
  }

  private static String checksum(int k) {
    TrainingRun run =
        new TrainingRun("1", blobs(), new Request("f", List.of("x", "y"), k, null, 7));
    run.run();
    return run.model().checksum();
  }

  /** Three clumps of 500 rows, ten of which lie far out. */
  private static UploadedTable blobs() {
    Random random = new Random(5);
    StringBuilder text = new StringBuilder("x,y,odd\n");
    for (int i = 0; i < 1_500; i++) {
      boolean odd = i % 150 == 0;
      double away = odd ? 60 + random.nextInt(40) : 0;
      text.append(i % 3 * 20 + random.nextGaussian() + away)
          .append(',')
          .append(i % 3 * 10 + random.nextGaussian() - away)
          .append(',')
          .append(odd ? 1 : 0)
          .append('\n');
    }
    return table(text.toString());
  }

  private static UploadedTable table(String text) {
    return UploadedTable.read("t.csv", new StringReader(text));
  }
}
