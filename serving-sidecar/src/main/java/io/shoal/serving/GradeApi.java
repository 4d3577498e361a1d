package io.shoal.serving;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.ProducesJson;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/grades}: how good each version was, over matured labels. */
final class GradeApi {
  private static final int K_MAX = 1_000_000;

  private final GradesLookup lookup;
  private final int maturityDays;

  GradeApi(GradesLookup lookup, int maturityDays) {
    this.lookup = lookup;
    this.maturityDays = maturityDays;
  }

  /**
   * All grades.
   *
   * @param maturedUntil last day of event time that counts; null before there is any
   * @param unreachable instances whose counts are missing
   */
  record Answer(
      @JsonProperty("maturity_days") int maturityDays,
      @JsonProperty("matured_until") @Nullable String maturedUntil,
      int k,
      List<Line> grades,
      List<String> unreachable) {}

  /** A version's grade by one of its rankings; what is not defined is null. */
  record Line(
      long version,
      String ranking,
      long frauds,
      long others,
      long labelled,
      @Nullable Double auc,
      @JsonProperty("auc_tolerance") @Nullable Double aucTolerance,
      @JsonProperty("average_precision") @Nullable Double averagePrecision,
      @JsonProperty("precision_at_k") @Nullable Double precisionAtK) {
    static Line of(Grades.Grade grade) {
      return new Line(
          grade.version(),
          grade.ranking().name().toLowerCase(Locale.ROOT),
          grade.quality().frauds(),
          grade.quality().others(),
          grade.labelled(),
          defined(grade.quality().auc()),
          defined(grade.quality().aucTolerance()),
          defined(grade.quality().averagePrecision()),
          defined(grade.quality().precision()));
    }

    private static @Nullable Double defined(double value) {
      return Double.isNaN(value) ? null : value;
    }
  }

  /**
   * The grades of the versions, newest first.
   *
   * @param k how many of the highest scores the precision is of
   */
  @Blocking
  @Get("/v1/grades")
  @ProducesJson
  public Answer grades(@Param @Default("100") int k) {
    if (k < 1 || k > K_MAX) {
      throw new IllegalArgumentException("k: 1 to " + K_MAX + ", it is " + k);
    }
    GradesLookup.Found found = lookup.all();
    int last = found.grades().maturedDay(maturityDays);
    return new Answer(
        maturityDays,
        last < 0 ? null : LocalDate.ofEpochDay(last).toString(),
        k,
        found.grades().of(maturityDays, k).stream().map(Line::of).toList(),
        found.unreachable());
  }

  /** For other instances: the counts that are kept here. */
  @Blocking
  @Get(GradesLookup.PATH)
  public HttpResponse rows() {
    return HttpResponse.of(
        HttpStatus.OK, MediaType.OCTET_STREAM, HttpData.wrap(lookup.local().toBytes()));
  }
}
