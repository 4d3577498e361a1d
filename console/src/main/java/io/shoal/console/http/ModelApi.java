package io.shoal.console.http;

import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.ProducesJson;
import io.shoal.console.model.Histories;
import io.shoal.console.model.Histories.History;
import io.shoal.console.model.Histories.Tree;

/** Pictures of models over their versions. */
@ProducesJson
public final class ModelApi {
  private static final int SPAN_MAX = 10_000;

  private final Histories histories;

  /** The API over these. */
  public ModelApi(Histories histories) {
    this.histories = histories;
  }

  @Get("/models/{model}/history")
  public History history(
      @Param String model,
      @Param @Default(Inputs.NEWEST) long before,
      @Param @Default("300") int span,
      @Param @Default("40") int points,
      @Param @Default("true") boolean clusters) {
    return histories.history(
        model,
        before,
        Inputs.within("span", span, 1, SPAN_MAX),
        Inputs.within("points", points, 1, Histories.POINTS_MAX),
        clusters);
  }

  @Get("/models/{model}/lineage")
  public Tree lineage(
      @Param String model,
      @Param @Default(Inputs.NEWEST) long before,
      @Param @Default("200") int span) {
    return histories.lineage(model, before, Inputs.within("span", span, 1, Histories.LINEAGE_MAX));
  }
}
