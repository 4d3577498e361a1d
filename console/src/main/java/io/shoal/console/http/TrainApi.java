package io.shoal.console.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.sse.ServerSentEvent;
import com.linecorp.armeria.common.stream.StreamMessage;
import com.linecorp.armeria.common.stream.StreamWriter;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import com.linecorp.armeria.server.annotation.ProducesJson;
import com.linecorp.armeria.server.streaming.ServerSentEvents;
import io.shoal.console.train.TrainingRun;
import io.shoal.console.train.TrainingRun.Status;
import io.shoal.console.train.UploadedTable.ColumnView;
import io.shoal.console.train.Workbench;
import io.shoal.console.train.Workbench.Kept;
import io.shoal.registry.client.RegisteredVersion;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Training from a file. */
@ProducesJson
public final class TrainApi {
  private static final int NAME_MAX = 200;

  private final Workbench workbench;
  private final JsonMapper json;

  /** The API over this workbench. */
  public TrainApi(Workbench workbench, JsonMapper json) {
    this.workbench = workbench;
    this.json = json;
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

  /** Where it stands, at once and whenever that changes; ends when the training has. */
  @Get("/training/runs/{id}/live")
  public HttpResponse live(ServiceRequestContext context, @Param String id) {
    context.clearRequestTimeout();
    StreamWriter<ServerSentEvent> stream = StreamMessage.streaming();
    workbench
        .run(id)
        .watch(
            status -> {
              boolean heard =
                  stream.tryWrite(
                      ServerSentEvent.builder().event("status").data(text(status)).build());
              if (status.ended()) {
                stream.close();
              }
              return heard && !status.ended();
            });
    return ServerSentEvents.fromPublisher(stream);
  }

  private String text(Status status) {
    try {
      return json.writeValueAsString(status);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a training as JSON", e);
    }
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
