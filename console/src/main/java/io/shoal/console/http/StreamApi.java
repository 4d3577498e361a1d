package io.shoal.console.http;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.ProducesJson;
import com.linecorp.armeria.server.streaming.ServerSentEvents;
import io.shoal.console.store.Drifts;
import io.shoal.console.store.Drifts.Drift;
import io.shoal.console.store.PredictionFilter;
import io.shoal.console.store.PredictionRow;
import io.shoal.console.store.Predictions;
import io.shoal.console.store.Qualities;
import io.shoal.console.store.Rates;
import io.shoal.console.store.Shadows;
import io.shoal.console.store.Shadows.Shadow;
import io.shoal.registry.server.security.Caller;
import io.shoal.registry.server.security.Guard;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the stream says: rates, predictions, quality, drift. Armeria finds public methods only. */
@ProducesJson
public final class StreamApi {
  private static final int PAGE_MAX = 200;
  private static final int MINUTES_MAX = 8 * 24 * 60;
  private static final int DAYS = 120;
  private static final int SUMS = 50;

  private final StateView view;
  private final StateFeed feed;
  private final Rates rates;
  private final Predictions predictions;
  private final Qualities qualities;
  private final Shadows shadows;
  private final Drifts drifts;
  private final Clock clock;

  /** The API over these. */
  public StreamApi(
      StateView view,
      StateFeed feed,
      Rates rates,
      Predictions predictions,
      Qualities qualities,
      Shadows shadows,
      Drifts drifts,
      Clock clock) {
    this.view = view;
    this.feed = feed;
    this.rates = rates;
    this.predictions = predictions;
    this.qualities = qualities;
    this.shadows = shadows;
    this.drifts = drifts;
    this.clock = clock;
  }

  /** Who asks, and what they may; the page shows what it offers by that. */
  record Self(@Nullable String name, String role) {}

  /**
   * Quality as far as labels came.
   *
   * @param maturity how far labels are in
   * @param labelled all days together whose labels are in
   */
  record Quality(
      Qualities.Maturity maturity,
      Qualities.Row labelled,
      List<Qualities.Row> days,
      List<Qualities.Row> versions) {}

  /** Versions in the shadow. */
  record ShadowView(List<Shadows.Sum> sums, List<Shadow> flips) {}

  @Get("/self")
  public Self self(ServiceRequestContext context) {
    Caller caller = Guard.caller(context);
    return new Self(caller.name(), caller.role().toString());
  }

  @Get("/state")
  public Object state() {
    return view.state();
  }

  @Get("/rates")
  public Rates.Series rates(@Param @Default("60") int minutes) {
    Inputs.within("minutes", minutes, 1, MINUTES_MAX);
    long now = clock.millis();
    return rates.since(now - Duration.ofMinutes(minutes).toMillis(), now);
  }

  @Get("/predictions")
  public List<PredictionRow> predictions(
      @Param Optional<Long> before,
      @Param Optional<Long> after,
      @Param Optional<String> decision,
      @Param Optional<String> entity,
      @Param Optional<Long> version,
      @Param Optional<Double> scoreMin,
      @Param Optional<Double> scoreMax,
      @Param Optional<Integer> cluster,
      @Param @Default("50") int limit) {
    return predictions.page(
        new PredictionFilter(
            before.orElse(null),
            after.orElse(null),
            decision.filter(text -> !text.isEmpty()).orElse(null),
            entity.filter(text -> !text.isEmpty()).orElse(null),
            version.orElse(null),
            scoreMin.orElse(null),
            scoreMax.orElse(null),
            cluster.orElse(null)),
        Inputs.within("limit", limit, 1, PAGE_MAX));
  }

  @Get("/quality")
  public Quality quality(
      @Param @Default(Inputs.NEWEST) long before, @Param @Default("50") int limit) {
    Qualities.Maturity maturity = qualities.maturity();
    return new Quality(
        maturity,
        qualities.labelledDays(maturity.upTo()),
        qualities.days(DAYS),
        qualities.versions(before, Inputs.within("limit", limit, 1, PAGE_MAX)));
  }

  @Get("/shadows")
  public ShadowView shadows(
      @Param @Default(Inputs.NEWEST) long before, @Param @Default("20") int limit) {
    return new ShadowView(
        shadows.sums(SUMS), shadows.flips(before, Inputs.within("limit", limit, 1, PAGE_MAX)));
  }

  @Get("/drifts")
  public List<Drift> drifts(
      @Param @Default(Inputs.NEWEST) long before, @Param @Default("50") int limit) {
    return drifts.page(before, Inputs.within("limit", limit, 1, PAGE_MAX));
  }

  /** How everything stands, once a second. */
  @Get("/live")
  public HttpResponse live(ServiceRequestContext context) {
    context.clearRequestTimeout();
    return ServerSentEvents.fromPublisher(feed.subscribe());
  }
}
