package io.shoal.registry.server.http;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Delete;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import com.linecorp.armeria.server.annotation.ProducesJson;
import com.linecorp.armeria.server.annotation.StatusCode;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.server.pipeline.Candidates;
import io.shoal.registry.server.pipeline.Registrar;
import io.shoal.registry.server.security.Caller;
import io.shoal.registry.server.store.Aliases.Reason;
import io.shoal.registry.server.store.Stores;
import io.shoal.schemas.avro.ModelVersion;

/** Artifacts, in and out. */
final class ArtifactApi {
  private static final MediaType AVRO = MediaType.parse("application/avro");

  private final Stores stores;
  private final Registrar registrar;
  private final Runnable registered;

  /**
   * @param registered is run after a new version
   */
  ArtifactApi(Stores stores, Registrar registrar, Runnable registered) {
    this.stores = stores;
    this.registrar = registrar;
    this.registered = registered;
  }

  /** A candidate, as the Avro body of {@code ModelVersion}. */
  @Post("/models/{model}/versions")
  @StatusCode(201)
  @ProducesJson
  public RegisteredVersion register(
      Caller caller, @Param String model, AggregatedHttpRequest request) {
    ModelVersion candidate = Exports.read(request.content().array());
    if (!candidate.getModelName().equals(model)) {
      throw Inputs.invalid(
          "the artifact is of model '"
              + candidate.getModelName()
              + "', the address says '"
              + model
              + "'");
    }
    String name = caller.name();
    RegisteredVersion row =
        registrar.register(
            candidate, new Reason(name == null ? "http" : name, "offered over HTTP"));
    registered.run();
    return row;
  }

  @Get("/models/{model}/versions/{version}/artifact")
  public HttpResponse artifact(@Param String model, @Param long version) {
    return HttpResponse.of(HttpStatus.OK, AVRO, HttpData.wrap(bytes(model, version)));
  }

  @Get("/models/{model}/versions/{version}/export")
  public HttpResponse export(
      @Param String model, @Param long version, @Param @Default("avro") String format) {
    Exports.Format chosen = Exports.Format.of(format);
    ModelVersion content = Candidates.fromBytes(bytes(model, version));
    content.setVersion(version);
    return HttpResponse.of(
        ResponseHeaders.of(
            HttpStatus.OK,
            HttpHeaderNames.CONTENT_TYPE,
            chosen.mediaType(),
            HttpHeaderNames.CONTENT_DISPOSITION,
            "attachment; filename=\"" + model + "-" + version + "." + chosen.suffix() + "\""),
        HttpData.wrap(chosen.write(content)));
  }

  @Delete("/models/{model}/versions/{version}")
  @StatusCode(204)
  @ProducesJson
  public void delete(
      Caller caller,
      @Param String model,
      @Param long version,
      @Param @Default("") String by,
      @Param @Default("") String reason) {
    stores.versions().delete(model, version, Inputs.reason(caller, by, reason));
  }

  private byte[] bytes(String model, long version) {
    return stores
        .versions()
        .artifact(model, version)
        .orElseThrow(() -> ReadApi.noArtifact(version));
  }
}
