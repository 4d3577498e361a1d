package io.shoal.console.http;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import com.linecorp.armeria.server.annotation.ProducesJson;
import io.shoal.console.train.TrainingRun;
import io.shoal.console.train.TrainingRun.Status;
import io.shoal.console.train.UploadedTable.ColumnView;
import io.shoal.console.train.Workbench;
import io.shoal.console.train.Workbench.Kept;
import io.shoal.registry.client.RegisteredVersion;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Training from a file. */
@ProducesJson
public final class TrainApi {
  private static final int NAME_MAX = 200;

  private final Workbench workbench;

  /** The API over this workbench. */
  public TrainApi(Workbench workbench) {
    this.workbench = workbench;
  }

  /** A table that was sent. */
  record TableView(String id, String name, int rows, List<ColumnView> columns) {}

  /** Where the version goes, and who says so. */
  record Registration(@Nullable String model, @Nullable String by) {}

  @Post("/training/files")
  public TableView upload(@Param @Default("file.csv") String name, AggregatedHttpRequest request) {
    Kept kept =
        workbench.add(
            name.length() > NAME_MAX ? name.substring(0, NAME_MAX) : name,
            new InputStreamReader(request.content().toInputStream(), StandardCharsets.UTF_8));
    return new TableView(
        kept.id(),
        kept.table().name(),
        kept.table().rows(),
        kept.table().columns().stream().map(ColumnView::of).toList());
  }

  @Post("/training/runs")
  public Status start(TrainingRun.Request request) {
    return workbench.start(request).status();
  }

  @Get("/training/runs/{id}")
  public Status status(@Param String id) {
    return workbench.run(id).status();
  }

  @Post("/training/runs/{id}/cancel")
  public Status cancel(@Param String id) {
    TrainingRun run = workbench.run(id);
    run.cancel();
    return run.status();
  }

  @Post("/training/runs/{id}/register")
  public RegisteredVersion register(
      ServiceRequestContext context, @Param String id, Registration body) {
    if (body.model() == null || body.model().isBlank()) {
      throw new IllegalArgumentException("'model' is missing: say which model it is a version of");
    }
    return workbench.register(id, body.model(), Inputs.by(context, body.by()));
  }
}
