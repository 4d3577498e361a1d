package io.shoal.registry.server.mlflow;

import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.client.RegisteredVersion.State;
import io.shoal.registry.server.mlflow.SearchFilter.Subject;
import io.shoal.registry.server.mlflow.Views.Version;
import io.shoal.registry.server.pipeline.Candidates;
import io.shoal.registry.server.pipeline.Registrar;
import io.shoal.registry.server.store.AliasPolicy;
import io.shoal.registry.server.store.Aliases.Reason;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.registry.server.store.RegistryException.Code;
import io.shoal.registry.server.store.Search;
import io.shoal.registry.server.store.Stores;
import io.shoal.schemas.avro.ModelVersion;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is under {@code model-versions/}. */
final class VersionOperations {
  private static final int PAGE = 1_000;
  private static final int PAGE_MAX = 10_000;
  private static final int SOURCE_MAX = 2_000;
  private static final int RUN_MAX = 200;

  /** A version of a model here: by its number or by an alias. */
  private static final Pattern HERE = Pattern.compile("models:/([^/@]+)(?:/(\\d{1,18})|@(.+))");

  private final Stores stores;
  private final Views views;
  private final Registrar registrar;
  private final AliasPolicy policy;
  private final Runnable changed;

  VersionOperations(
      Stores stores, Views views, Registrar registrar, AliasPolicy policy, Runnable changed) {
    this.stores = stores;
    this.views = views;
    this.registrar = registrar;
    this.policy = policy;
    this.changed = changed;
  }

  /** A copy of a version that is here, or a note of an artifact that lies elsewhere. */
  Map<String, Version> create(Arguments arguments) {
    String name = arguments.model();
    String source = arguments.text("source");
    String run = arguments.textOrEmpty("run_id");
    if (source.length() > SOURCE_MAX || run.length() > RUN_MAX) {
      throw Arguments.invalid(
          "source has at most " + SOURCE_MAX + " characters, run_id " + RUN_MAX);
    }
    Map<String, String> tags = arguments.tags();
    String description = arguments.textOrEmpty("description");
    stores.models().get(name);
    Matcher here = HERE.matcher(source);
    RegisteredVersion row =
        here.matches()
            ? copy(name, here, arguments.reason("copy of " + source))
            : stores
                .versions()
                .refer(name, run, source, description, arguments.reason("note of " + source));
    if (here.matches() && !description.isEmpty()) {
      stores
          .versions()
          .describe(name, row.version(), description, arguments.reason("version described"));
    }
    Reason tagged = arguments.reason("tag set");
    tags.forEach((key, value) -> stores.models().setTag(name, row.version(), key, value, tagged));
    changed.run();
    return view(stores.versions().get(name, row.version()), arguments);
  }

  private RegisteredVersion copy(String name, Matcher source, Reason reason) {
    String model = source.group(1);
    long version =
        source.group(2) == null
            ? stores.aliases().get(model, source.group(3)).version()
            : Long.parseLong(source.group(2));
    byte[] body =
        stores
            .versions()
            .artifact(model, version)
            .orElseThrow(
                () ->
                    new RegistryException(
                        Code.RESOURCE_DOES_NOT_EXIST,
                        "the artifact of " + source.group() + " is not here"));
    ModelVersion candidate = Candidates.fromBytes(body);
    candidate.setModelName(name);
    candidate.setJobId("copy:" + model);
    candidate.setSequence(version);
    return registrar.register(candidate, reason);
  }

  Map<String, Version> get(Arguments arguments) {
    return stores.versions().together(() -> view(existing(arguments), arguments));
  }

  Map<String, Version> update(Arguments arguments) {
    RegisteredVersion row = existing(arguments);
    return view(
        stores
            .versions()
            .describe(
                row.model(),
                row.version(),
                arguments.textOrEmpty("description"),
                arguments.reason("version described")),
        arguments);
  }

  Map<String, Object> delete(Arguments arguments) {
    stores
        .versions()
        .delete(arguments.model(), arguments.version(), arguments.reason("version deleted"));
    return Map.of();
  }

  Map<String, Object> search(Arguments arguments) {
    Page page = Page.of(arguments, PAGE, PAGE_MAX);
    List<RegisteredVersion> rows =
        stores
            .models()
            .searchVersions(
                new Search(
                    SearchFilter.parse(arguments.textOrEmpty("filter"), Subject.VERSIONS),
                    SearchFilter.order(arguments.texts("order_by"), Subject.VERSIONS),
                    page.limit() + 1,
                    page.offset()));
    return page.answer("model_versions", rows, found -> views.versions(found, arguments.baseUrl()));
  }

  Map<String, String> downloadUri(Arguments arguments) {
    return Map.of("artifact_uri", Views.location(existing(arguments), arguments.baseUrl()));
  }

  Map<String, Version> transitionStage(Arguments arguments) {
    String alias = Stage.alias(arguments.text("stage"));
    RegisteredVersion row = existing(arguments);
    policy.requireFree(alias);
    stores
        .aliases()
        .promote(row.model(), alias, row.version(), null, arguments.reason("stage set"));
    changed.run();
    return view(row, arguments);
  }

  Map<String, Object> setTag(Arguments arguments) {
    RegisteredVersion row = existing(arguments);
    stores
        .models()
        .setTag(
            row.model(),
            row.version(),
            arguments.key(),
            arguments.textOrEmpty("value"),
            arguments.reason("tag set"));
    return Map.of();
  }

  Map<String, Object> deleteTag(Arguments arguments) {
    RegisteredVersion row = existing(arguments);
    stores
        .models()
        .deleteTag(row.model(), row.version(), arguments.key(), arguments.reason("tag deleted"));
    return Map.of();
  }

  /** MLflow's clients know nothing of deleted versions. */
  private RegisteredVersion existing(Arguments arguments) {
    RegisteredVersion row = stores.versions().get(arguments.model(), arguments.version());
    if (row.state() == State.DELETED) {
      throw new RegistryException(
          Code.RESOURCE_DOES_NOT_EXIST,
          "version " + row.version() + " of model '" + row.model() + "' was deleted");
    }
    return row;
  }

  private Map<String, Version> view(RegisteredVersion row, Arguments arguments) {
    return Map.of("model_version", views.version(row, arguments.baseUrl()));
  }
}
