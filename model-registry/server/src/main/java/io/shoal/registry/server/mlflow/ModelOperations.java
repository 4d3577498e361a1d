package io.shoal.registry.server.mlflow;

import io.shoal.registry.client.ModelAlias;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.server.mlflow.SearchFilter.Subject;
import io.shoal.registry.server.mlflow.Views.Model;
import io.shoal.registry.server.mlflow.Views.Version;
import io.shoal.registry.server.store.AliasPolicy;
import io.shoal.registry.server.store.Aliases.Reason;
import io.shoal.registry.server.store.ModelRow;
import io.shoal.registry.server.store.Models;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.registry.server.store.RegistryException.Code;
import io.shoal.registry.server.store.Search;
import io.shoal.registry.server.store.Stores;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is under {@code registered-models/}. */
final class ModelOperations {
  private static final int PAGE = 100;
  private static final int PAGE_MAX = 1_000;

  private final Stores stores;
  private final Views views;
  private final AliasPolicy policy;
  private final Runnable changed;

  ModelOperations(Stores stores, Views views, AliasPolicy policy, Runnable changed) {
    this.stores = stores;
    this.views = views;
    this.policy = policy;
    this.changed = changed;
  }

  Map<String, Model> create(Arguments arguments) {
    String name = arguments.model();
    Map<String, String> tags = arguments.tags();
    stores
        .models()
        .create(name, arguments.textOrEmpty("description"), arguments.reason("model created"));
    Reason tagged = arguments.reason("tag set");
    tags.forEach((key, value) -> stores.models().setTag(name, Models.ITSELF, key, value, tagged));
    return view(stores.models().get(name), arguments);
  }

  Map<String, Model> get(Arguments arguments) {
    return view(stores.models().get(arguments.model()), arguments);
  }

  Map<String, Model> update(Arguments arguments) {
    return view(
        stores
            .models()
            .describe(
                arguments.model(),
                arguments.textOrEmpty("description"),
                arguments.reason("model described")),
        arguments);
  }

  /** Only to the name that it has. */
  Map<String, Model> rename(Arguments arguments) {
    String name = arguments.model();
    if (arguments.text("new_name").equals(name)) {
      return get(arguments);
    }
    throw new RegistryException(
        Code.FEATURE_DISABLED,
        "model '"
            + name
            + "' keeps its name: sidecars and the log know it by that; make a model of the new name,"
            + " and versions in it with the source models:/NAME/VERSION");
  }

  Map<String, Object> delete(Arguments arguments) {
    stores.models().delete(arguments.model(), arguments.reason("model deleted"));
    return Map.of();
  }

  Map<String, Object> search(Arguments arguments) {
    Page page = Page.of(arguments, PAGE, PAGE_MAX);
    List<ModelRow> rows =
        stores
            .models()
            .search(
                new Search(
                    SearchFilter.parse(arguments.textOrEmpty("filter"), Subject.MODELS),
                    SearchFilter.order(arguments.texts("order_by"), Subject.MODELS),
                    page.limit() + 1,
                    page.offset()));
    return page.answer(
        "registered_models",
        rows,
        found -> found.stream().map(row -> views.model(row, arguments.baseUrl())).toList());
  }

  /** Without stages: the newest version, and those that stand for a stage. */
  Map<String, List<Version>> latestVersions(Arguments arguments) {
    String name = arguments.model();
    stores.models().get(name);
    List<String> stages = arguments.texts("stages");
    Set<RegisteredVersion> rows = new LinkedHashSet<>();
    for (String stage : stages.isEmpty() ? Stage.ALL : stages) {
      if (stage.equalsIgnoreCase(Stage.NONE)) {
        rows.addAll(views.latest(name));
      } else {
        String alias = Stage.alias(stage);
        stores.aliases().list(name).stream()
            .filter(a -> a.alias().equals(alias))
            .map(a -> stores.versions().get(name, a.version()))
            .forEach(rows::add);
      }
    }
    return Map.of(
        "model_versions",
        rows.stream().map(row -> views.version(row, arguments.baseUrl())).toList());
  }

  Map<String, Object> setTag(Arguments arguments) {
    stores
        .models()
        .setTag(
            arguments.model(),
            Models.ITSELF,
            arguments.key(),
            arguments.textOrEmpty("value"),
            arguments.reason("tag set"));
    return Map.of();
  }

  Map<String, Object> deleteTag(Arguments arguments) {
    stores
        .models()
        .deleteTag(
            arguments.model(), Models.ITSELF, arguments.key(), arguments.reason("tag deleted"));
    return Map.of();
  }

  Map<String, Object> setAlias(Arguments arguments) {
    String alias = arguments.text("alias");
    policy.requireFree(alias);
    stores
        .aliases()
        .promote(
            arguments.model(), alias, arguments.version(), null, arguments.reason("alias set"));
    changed.run();
    return Map.of();
  }

  Map<String, Object> deleteAlias(Arguments arguments) {
    String alias = arguments.text("alias");
    policy.requireFree(alias);
    stores.aliases().remove(arguments.model(), alias, arguments.reason("alias deleted"));
    changed.run();
    return Map.of();
  }

  Map<String, Version> versionOfAlias(Arguments arguments) {
    ModelAlias alias = stores.aliases().get(arguments.model(), arguments.text("alias"));
    return Map.of(
        "model_version",
        views.version(stores.versions().get(alias.model(), alias.version()), arguments.baseUrl()));
  }

  private Map<String, Model> view(ModelRow row, Arguments arguments) {
    return Map.of("registered_model", views.model(row, arguments.baseUrl()));
  }
}
