package io.shoal.registry.server.mlflow;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.shoal.registry.server.pipeline.Registrar;
import io.shoal.registry.server.security.Guard;
import io.shoal.registry.server.store.AliasPolicy;
import io.shoal.registry.server.store.Stores;
import java.util.function.Function;

/** The list of MLflow's addresses. */
public final class MlflowApi {
  private static final String PREFIX = "/api/2.0/mlflow/";

  private final ServerBuilder server;

  private MlflowApi(ServerBuilder server) {
    this.server = server;
  }

  /**
   * Adds the addresses to a server.
   *
   * @param changed is run after each change of an alias
   */
  public static void addTo(
      ServerBuilder server,
      Stores stores,
      Registrar registrar,
      AliasPolicy policy,
      Runnable changed) {
    Views views = new Views(stores);
    ModelOperations models = new ModelOperations(stores, views, policy, changed);
    VersionOperations versions = new VersionOperations(stores, views, registrar, policy, changed);
    MlflowApi api = new MlflowApi(server);

    api.add(HttpMethod.POST, "registered-models/create", models::create);
    api.add(HttpMethod.POST, "registered-models/rename", models::rename);
    api.add(HttpMethod.PATCH, "registered-models/update", models::update);
    api.add(HttpMethod.DELETE, "registered-models/delete", models::delete);
    api.add(HttpMethod.GET, "registered-models/get", models::get);
    api.add(HttpMethod.GET, "registered-models/search", models::search);
    api.add(HttpMethod.GET, "registered-models/get-latest-versions", models::latestVersions);
    api.add(HttpMethod.POST, "registered-models/get-latest-versions", models::latestVersions);
    api.add(HttpMethod.POST, "registered-models/set-tag", models::setTag);
    api.add(HttpMethod.DELETE, "registered-models/delete-tag", models::deleteTag);
    api.add(HttpMethod.POST, "registered-models/alias", models::setAlias);
    api.add(HttpMethod.DELETE, "registered-models/alias", models::deleteAlias);
    api.add(HttpMethod.GET, "registered-models/alias", models::versionOfAlias);

    api.add(HttpMethod.POST, "model-versions/create", versions::create);
    api.add(HttpMethod.POST, "model-versions/transition-stage", versions::transitionStage);
    api.add(HttpMethod.PATCH, "model-versions/update", versions::update);
    api.add(HttpMethod.DELETE, "model-versions/delete", versions::delete);
    api.add(HttpMethod.GET, "model-versions/get", versions::get);
    api.add(HttpMethod.GET, "model-versions/search", versions::search);
    api.add(HttpMethod.GET, "model-versions/get-download-uri", versions::downloadUri);
    api.add(HttpMethod.POST, "model-versions/set-tag", versions::setTag);
    api.add(HttpMethod.DELETE, "model-versions/delete-tag", versions::deleteTag);
  }

  private void add(HttpMethod method, String path, Function<Arguments, ?> operation) {
    server.service(
        Route.builder().methods(method).path(PREFIX + path).build(),
        (context, request) ->
            HttpResponse.of(
                request
                    .aggregate()
                    .thenApplyAsync(
                        whole ->
                            HttpResponse.ofJson(
                                operation.apply(
                                    new Arguments(
                                        context.queryParams(),
                                        whole,
                                        Guard.caller(context),
                                        baseUrl(context)))),
                        context.blockingTaskExecutor())));
  }

  private static String baseUrl(ServiceRequestContext context) {
    return (context.sessionProtocol().isTls() ? "https" : "http")
        + "://"
        + context.request().authority();
  }
}
