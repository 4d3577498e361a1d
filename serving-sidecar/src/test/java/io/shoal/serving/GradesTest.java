package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.serving.GradeRow.Ranking;
import io.shoal.serving.Grades.Grade;
import io.shoal.serving.Grades.OfVersion;
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
  void shouldGradeEachVersionAndDayOnceItsLabelsAreMature() {
    try (TestTopology sidecar = new TestTopology(folder, Map.of())) {
      sidecar.promote("champion", 1);
      sidecar.send("fraud", "c-1", 20_000, 0);
      for (int i = 0; i < 20; i++) {
        sidecar.send("usual-" + i, "c-" + i, 10 + i, 0);
      }
      sidecar.promote("champion", 2);
      sidecar.send("other", "c-1", 12, 1);
      sidecar.label("fraud", true);
      assertThat(days(sidecar)).as("nothing is mature yet").isEmpty();
      sidecar.send("odd", "c-1", 12, 50);
      assertThat(days(sidecar)).as("one odd clock moves nothing").isEmpty();

      for (int day = 2; day <= MATURITY; day++) {
        sidecar.send("day-" + day, "c-1", 12, day);
      }
      assertThat(days(sidecar)).singleElement().satisfies(GradesTest::isOfTheFirstDay);
      assertThat(versions(sidecar, MATURITY))
          .singleElement()
          .satisfies(
              of -> {
                assertThat(of.version()).isEqualTo(1);
                isOfTheFirstDay(of.grade());
              });
    }
  }

  private static void isOfTheFirstDay(Grade grade) {
    assertThat(grade.ranking()).isEqualTo(Ranking.SCORE);
    assertThat(grade.labelled()).isEqualTo(1);
    assertThat(grade.quality().frauds()).isEqualTo(1);
    assertThat(grade.quality().others()).isEqualTo(20);
    assertThat(grade.quality().auc()).isGreaterThan(0.9);
    assertThat(grade.quality().precision()).isPositive();
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
      Grade grade = versions(sidecar, 0).get(0).grade();
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
      assertThat(versions(sidecar, 0).get(0).grade().quality().others()).isEqualTo(11);
      assertThat(days(sidecar)).hasSize(4);
    }
  }

  private static List<Grade> days(TestTopology sidecar) {
    Grades grades = new Grades();
    sidecar.grades().addDays(grades);
    return grades.ofDays(grades.maturedDay(MATURITY), 1);
  }

  private static List<OfVersion> versions(TestTopology sidecar, int maturity) {
    Grades grades = new Grades();
    sidecar.grades().addDays(grades);
    sidecar.grades().addVersions(grades, grades.maturedDay(maturity), Long.MAX_VALUE, 10);
    return grades.ofVersions(10, 1);
  }
}
