package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.kmeans.evaluation.RankingHistogram;
import io.shoal.serving.GradeLedger.Outcome;
import io.shoal.serving.GradeLedger.Ranking;
import io.shoal.serving.GradeLedger.Row;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GradesTest {
  private static final int MATURITY = 7;

  @TempDir Path folder;

  @Test
  void shouldGradeEachVersionOnceItsLabelsAreMature() {
    try (TestTopology sidecar = new TestTopology(folder, Map.of())) {
      sidecar.promote("champion", 1);
      sidecar.send("fraud", "c-1", 20_000, 0);
      for (int i = 0; i < 20; i++) {
        sidecar.send("usual-" + i, "c-" + i, 10 + i, 0);
      }
      sidecar.promote("champion", 2);
      sidecar.send("other", "c-1", 12, 1);
      sidecar.label("fraud", true);
      assertThat(sidecar.grades().of(MATURITY, 1)).as("nothing is mature yet").isEmpty();
      sidecar.send("odd", "c-1", 12, 50);
      assertThat(sidecar.grades().of(MATURITY, 1)).as("one odd clock moves nothing").isEmpty();

      for (int day = 2; day <= MATURITY; day++) {
        sidecar.send("day-" + day, "c-1", 12, day);
      }
      List<Grades.Grade> grades = sidecar.grades().of(MATURITY, 1);
      assertThat(grades)
          .singleElement()
          .satisfies(
              grade -> {
                assertThat(grade.version()).isEqualTo(1);
                assertThat(grade.ranking()).isEqualTo(Ranking.SCORE);
                assertThat(grade.labelled()).isEqualTo(1);
                assertThat(grade.quality().frauds()).isEqualTo(1);
                assertThat(grade.quality().others()).isEqualTo(20);
                assertThat(grade.quality().auc()).isGreaterThan(0.9);
                assertThat(grade.quality().precision()).isPositive();
              });
    }
  }

  @Test
  void shouldCountALabelThatCameFirstAndOneThatComesTwiceOnce() {
    try (TestTopology sidecar = new TestTopology(folder, Map.of())) {
      sidecar.promote("champion", 1);
      sidecar.label("early", true);
      sidecar.send("early", "c-1", 20, 0);
      sidecar.send("twice", "c-1", 20, 0);
      sidecar.label("twice", false);
      sidecar.label("twice", false);
      Grades.Grade grade = sidecar.grades().of(0, 1).get(0);
      assertThat(grade.quality().frauds()).isEqualTo(1);
      assertThat(grade.quality().others()).isEqualTo(1);
      assertThat(grade.labelled()).isEqualTo(2);
    }
  }

  @Test
  void shouldForgetWhatIsOlderThanTheLedger() {
    try (TestTopology sidecar = new TestTopology(folder, Map.of("ledger.retention.days", "10"))) {
      sidecar.promote("champion", 1);
      sidecar.send("old", "c-1", 20, 0);
      for (int day = 1; day < 15; day++) {
        sidecar.send("day-" + day, "c-1", 20, day);
      }
      sidecar.pass(Duration.ofMinutes(2));
      assertThat(sidecar.grades().of(0, 1).get(0).quality().others()).isEqualTo(11);
    }
  }

  @Test
  void shouldAddUpTheRowsOfAllInstances() {
    Grades one = new Grades();
    Grades two = new Grades();
    int high = RankingHistogram.bin(0.99);
    one.add(new Row(5, 100, Ranking.SCORE, Outcome.FRAUD, high), 3);
    two.add(new Row(5, 100, Ranking.SCORE, Outcome.FRAUD, high), 1);
    two.add(new Row(5, 100, Ranking.SCORE, Outcome.UNLABELLED, RankingHistogram.bin(0.2)), 6);
    one.add(two.toBytes());
    assertThat(one.of(0, 4))
        .singleElement()
        .satisfies(
            grade -> {
              assertThat(grade.quality().frauds()).isEqualTo(4);
              assertThat(grade.quality().others()).isEqualTo(6);
              assertThat(grade.quality().auc()).isEqualTo(1);
              assertThat(grade.quality().precision()).isEqualTo(1);
            });
  }
}
