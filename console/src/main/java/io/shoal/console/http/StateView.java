package io.shoal.console.http;

import io.shoal.console.store.Drifts;
import io.shoal.console.store.Drifts.Drift;
import io.shoal.console.store.Letters;
import io.shoal.console.store.Letters.Reason;
import io.shoal.console.store.Predictions;
import io.shoal.console.store.Rates;
import io.shoal.console.stream.Health;
import io.shoal.console.stream.HealthWatch;
import io.shoal.console.stream.Live;
import io.shoal.registry.client.ModelAlias;
import io.shoal.registry.server.store.Stores;
import java.time.Clock;
import java.util.List;

/** Puts together how everything stands now. */
public final class StateView {
  private static final int MODELS_MAX = 20;

  private final Stores stores;
  private final Live live;
  private final HealthWatch health;
  private final Rates rates;
  private final Predictions predictions;
  private final Drifts drifts;
  private final Letters letters;
  private final Clock clock;

  /** A view of these. */
  public StateView(
      Stores stores,
      Live live,
      HealthWatch health,
      Rates rates,
      Predictions predictions,
      Drifts drifts,
      Letters letters,
      Clock clock) {
    this.stores = stores;
    this.live = live;
    this.health = health;
    this.rates = rates;
    this.predictions = predictions;
    this.drifts = drifts;
    this.letters = letters;
    this.clock = clock;
  }

  /**
   * How everything stands.
   *
   * @param dayPredictions of the last 24 hours
   * @param kept predictions that can be listed
   * @param aliases which version each names
   * @param drifts that go on
   */
  record State(
      long at,
      Live.Now now,
      long dayPredictions,
      long dayReviews,
      long kept,
      Health health,
      List<ModelAlias> aliases,
      List<Drift> drifts,
      List<Reason> deadLetters) {}

  State state() {
    long nowMs = clock.millis();
    long[] day = rates.lastDay(nowMs);
    return new State(
        nowMs,
        live.now(nowMs),
        day[0],
        day[1],
        predictions.count(),
        health.health(),
        stores.models().names("", MODELS_MAX).stream()
            .flatMap(model -> stores.aliases().list(model).stream())
            .toList(),
        drifts.going(),
        letters.reasons());
  }
}
