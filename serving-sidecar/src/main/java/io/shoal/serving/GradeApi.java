package io.shoal.serving;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.ProducesJson;
import io.shoal.serving.Grades.Grade;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/grades} and {@code GET /v1/grades/days}: how good each version and each day was,
 * over matured labels.
 */
final class GradeApi {
  private static final int K_MAX = 1_000_000;
  private static final int LIMIT_MAX = 200;
  private static final String NEWEST = "9223372036854775807";

  private final GradesLookup lookup;

  GradeApi(GradesLookup lookup) {
    this.lookup = lookup;
  }

  /**
   * Grades of versions, the newest first.
   *
   * @param maturedUntil last day of event time that counts; null before there is any
   * @param unreachable instances whose counts are missing
   */
  record Versions(
      @JsonProperty("maturity_days") int maturityDays,
      @JsonProperty("matured_until") @Nullable String maturedUntil,
      int k,
      List<Version> grades,
      List<String> unreachable) {}

  /** Grades of days, the newest first; its fields are those of {@link Versions}. */
  record Days(
      @JsonProperty("maturity_days") int maturityDays,
      @JsonProperty("matured_until") @Nullable String maturedUntil,
      int k,
      List<Day> days,
      List<String> unreachable) {}

  /** A version's grade by one of its rankings, with the days between which it decided. */
  record Version(
      long version,
      @JsonProperty("first_day") String firstDay,
      @JsonProperty("last_day") String lastDay,
      @JsonUnwrapped Line grade) {}

  /** A day's grade by one of the rankings. */
  record Day(String day, @JsonUnwrapped Line grade) {}

  /** Figures; what is not defined is null. */
  record Line(
      String ranking,
      long frauds,
      long others,
      long labelled,
      @Nullable Double auc,
      @JsonProperty("auc_error") @Nullable Double aucError,
      @JsonProperty("auc_tolerance") @Nullable Double aucTolerance,
      @JsonProperty("average_precision") @Nullable Double averagePrecision,
      @JsonProperty("precision_at_k") @Nullable Double precisionAtK) {
    static Line of(Grade grade) {
      return new Line(
          grade.ranking().name().toLowerCase(Locale.ROOT),
          grade.quality().frauds(),
          grade.quality().others(),
          grade.labelled(),
          defined(grade.quality().auc()),
          defined(grade.quality().aucError()),
          defined(grade.quality().aucTolerance()),
          defined(grade.quality().averagePrecision()),
          defined(grade.quality().precision()));
    }

    private static @Nullable Double defined(double value) {
      return Double.isFinite(value) ? value : null;
    }
  }

  /**
   * The grades of the versions, newest first.
   *
   * @param k how many of the highest scores the precision is of
   * @param before versions from this one on are left out
   * @param limit how many versions
   * @param version this one alone
   */
  @Blocking
  @Get("/v1/grades")
  @ProducesJson
  public Versions grades(
      @Param @Default("100") int k,
      @Param @Default(NEWEST) long before,
      @Param @Default("20") int limit,
      @Param Optional<Long> version) {
    within("k", k, K_MAX);
    within("limit", limit, LIMIT_MAX);
    GradesLookup.Found found =
        version.isPresent()
            ? lookup.versions(Math.addExact(version.get(), 1), 1)
            : lookup.versions(before, limit);
    return new Versions(
        lookup.maturityDays(),
        text(found.lastDay()),
        k,
        found.grades().ofVersions(limit, k).stream()
            .filter(of -> version.isEmpty() || version.get() == of.version())
            .map(
                of ->
                    new Version(
                        of.version(),
                        String.valueOf(text(of.grade().firstDay())),
                        String.valueOf(text(of.grade().lastDay())),
                        Line.of(of.grade())))
            .toList(),
        found.unreachable());
  }

  /**
   * The grades of the days, newest first, whichever versions decided.
   *
   * @param k how many of a day's highest scores the precision is of
   */
  @Blocking
  @Get("/v1/grades/days")
  @ProducesJson
  public Days days(@Param @Default("100") int k) {
    within("k", k, K_MAX);
    GradesLookup.Found found = lookup.days();
    return new Days(
        lookup.maturityDays(),
        text(found.lastDay()),
        k,
        found.grades().ofDays(found.lastDay(), k).stream()
            .map(grade -> new Day(String.valueOf(text(grade.lastDay())), Line.of(grade)))
            .toList(),
        found.unreachable());
  }

  /** For other instances: the counts that are kept here, of the days or of the newest versions. */
  @Blocking
  @Get(GradesLookup.PATH)
  public HttpResponse rows(
      @Param Optional<Integer> lastDay,
      @Param @Default(NEWEST) long before,
      @Param @Default("20") int limit) {
    within("limit", limit, LIMIT_MAX);
    Grades grades =
        lastDay.isPresent()
            ? lookup.localVersions(lastDay.get(), before, limit)
            : lookup.localDays();
    return HttpResponse.of(HttpStatus.OK, MediaType.OCTET_STREAM, HttpData.wrap(grades.toBytes()));
  }

  private static void within(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(name + ": 1 to " + max + ", it is " + value);
    }
  }

  private static @Nullable String text(int day) {
    return day < 0 ? null : LocalDate.ofEpochDay(day).toString();
  }
}
