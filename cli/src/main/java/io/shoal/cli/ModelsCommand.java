package io.shoal.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.shoal.config.ConfigException;
import io.shoal.registry.client.AuditEntry;
import io.shoal.registry.client.ModelAlias;
import io.shoal.registry.client.ModelDiff;
import io.shoal.registry.client.ModelRegistryClient;
import io.shoal.registry.client.ModelRegistryClient.Integrity;
import io.shoal.registry.client.ModelRegistryClient.Promotion;
import io.shoal.registry.client.PromotionRequest;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.client.VersionDetail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks the model registry, and moves its aliases. */
@Command(
    name = "models",
    description = "Asks the model registry, and moves its aliases.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    commandListHeading = "Verbs:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  shoal models list --registry http://127.0.0.1:8090",
      "  shoal models deciding --model cards --at 2026-11-21T14:03:07Z",
      "  shoal models rollback --model cards --reason 'too many alerts'"
    })
final class ModelsCommand {
  private static final String PAGE = "50";

  /** The model that is meant. */
  static final class ModelOption {
    @Option(
        names = "--model",
        paramLabel = "NAME",
        defaultValue = "default",
        description = "Which model (default: ${DEFAULT-VALUE}).")
    private String model = "default";
  }

  /** The alias that is meant. */
  static final class AliasOption {
    @Option(
        names = "--alias",
        paramLabel = "NAME",
        defaultValue = "champion",
        description = "Which alias (default: ${DEFAULT-VALUE}).")
    private String alias = "champion";
  }

  /** Who changes something, and why. */
  static final class ReasonOptions {
    @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why.")
    private String reason;

    @Option(
        names = "--by",
        paramLabel = "NAME",
        description = "Who. Default: whose the token is, or your user name without one.")
    private @Nullable String by;

    @Nullable String by(RegistryOptions registry) {
      return by != null || registry.hasToken() ? by : System.getProperty("user.name");
    }
  }

  @Command(
      description = "Lists versions, newest first; without --model the models.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin RegistryOptions registry,
      @Option(names = "--model", paramLabel = "NAME", description = "Which model.")
          @Nullable String model,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = PAGE,
              description = "How many at most (default: ${DEFAULT-VALUE}).")
          int limit)
      throws JsonProcessingException {
    ModelRegistryClient client = registry.client();
    if (model == null) {
      List<String> models = client.models();
      registry.print(models, () -> ModelTables.models(models));
    } else {
      List<RegisteredVersion> versions = client.versions(model, Long.MAX_VALUE, limit);
      List<ModelAlias> aliases = client.aliases(model);
      registry.print(versions, () -> ModelTables.versions(versions, aliases));
    }
    return 0;
  }

  @Command(
      description = "Shows a version with gates, parameters, metrics and lineage.",
      mixinStandardHelpOptions = true)
  int get(
      @Mixin RegistryOptions registry,
      @Mixin ModelOption model,
      @Parameters(paramLabel = "VERSION", description = "Its number.") long version)
      throws JsonProcessingException {
    VersionDetail detail = registry.client().version(model.model, version);
    registry.print(detail, () -> ModelTables.detail(detail));
    return 0;
  }

  @Command(
      description = "Shows what changed from one version to another.",
      mixinStandardHelpOptions = true)
  int diff(
      @Mixin RegistryOptions registry,
      @Mixin ModelOption model,
      @Parameters(paramLabel = "FROM", description = "The older.") long from,
      @Parameters(paramLabel = "TO", description = "The newer.") long to)
      throws JsonProcessingException {
    ModelDiff diff = registry.client().diff(model.model, from, to);
    registry.print(diff, () -> ModelTables.diff(diff));
    return 0;
  }

  @Command(
      description = "Points an alias at a version, or asks for it where two people are needed.",
      mixinStandardHelpOptions = true)
  int promote(
      @Mixin RegistryOptions registry,
      @Mixin ModelOption model,
      @Mixin AliasOption alias,
      @Mixin ReasonOptions why,
      @Option(
              names = "--from",
              paramLabel = "VERSION",
              description = "Only if the alias names this version now; 0: none.")
          @Nullable Long from,
      @Parameters(paramLabel = "VERSION", description = "Its number.") long version)
      throws JsonProcessingException {
    Promotion done =
        registry
            .client()
            .promote(model.model, alias.alias, version, from, why.by(registry), why.reason);
    PromotionRequest asked = done.asked();
    if (asked != null) {
      registry.print(asked, () -> ModelTables.request(asked));
    } else {
      ModelAlias moved = done.moved();
      registry.print(moved, () -> ModelTables.alias(moved));
    }
    return 0;
  }

  @Command(description = "Approves a request of another person.", mixinStandardHelpOptions = true)
  int approve(
      @Mixin RegistryOptions registry,
      @Mixin ModelOption model,
      @Mixin ReasonOptions why,
      @Parameters(paramLabel = "REQUEST", description = "Its number.") long id)
      throws JsonProcessingException {
    PromotionRequest request =
        registry.client().approve(model.model, id, why.by(registry), why.reason);
    registry.print(request, () -> ModelTables.request(request));
    return 0;
  }

  @Command(
      description = "Rejects a request, or takes your own back.",
      mixinStandardHelpOptions = true)
  int reject(
      @Mixin RegistryOptions registry,
      @Mixin ModelOption model,
      @Mixin ReasonOptions why,
      @Parameters(paramLabel = "REQUEST", description = "Its number.") long id)
      throws JsonProcessingException {
    PromotionRequest request =
        registry.client().reject(model.model, id, why.by(registry), why.reason);
    registry.print(request, () -> ModelTables.request(request));
    return 0;
  }

  @Command(
      description = "Points an alias at the version that it named before.",
      mixinStandardHelpOptions = true)
  int rollback(
      @Mixin RegistryOptions registry,
      @Mixin ModelOption model,
      @Mixin AliasOption alias,
      @Mixin ReasonOptions why)
      throws JsonProcessingException {
    ModelAlias moved =
        registry.client().rollback(model.model, alias.alias, why.by(registry), why.reason);
    registry.print(moved, () -> ModelTables.alias(moved));
    return 0;
  }

  @Command(
      description = "Says which version an alias named at a moment, and why.",
      mixinStandardHelpOptions = true)
  int deciding(
      @Mixin RegistryOptions registry,
      @Mixin ModelOption model,
      @Mixin AliasOption alias,
      @Option(
              names = "--at",
              paramLabel = "TIME",
              description = "Such as 2026-11-21T14:03:07Z (default: now).")
          @Nullable String at)
      throws JsonProcessingException {
    AuditEntry entry =
        registry.client().deciding(model.model, alias.alias, at == null ? null : moment(at));
    registry.print(entry, () -> ModelTables.audit(List.of(entry)));
    return 0;
  }

  @Command(description = "Writes a version to a file.", mixinStandardHelpOptions = true)
  int export(
      @Mixin RegistryOptions registry,
      @Mixin ModelOption model,
      @Option(
              names = "--format",
              paramLabel = "NAME",
              defaultValue = "avro",
              description = "avro, pmml or onnx (default: ${DEFAULT-VALUE}).")
          String format,
      @Option(names = "--to", paramLabel = "FILE", required = true, description = "Where to.")
          Path file,
      @Parameters(paramLabel = "VERSION", description = "Its number.") long version) {
    write(file, registry.client().export(model.model, version, format));
    return 0;
  }

  @Command(
      description =
          "Writes all that is known of a version to a file, as JSON: lineage, gates, who asked, approved and"
              + " promoted, when it decided, and the log's seal.",
      mixinStandardHelpOptions = true)
  int evidence(
      @Mixin RegistryOptions registry,
      @Mixin ModelOption model,
      @Option(names = "--to", paramLabel = "FILE", required = true, description = "Where to.")
          Path file,
      @Parameters(paramLabel = "VERSION", description = "Its number.") long version) {
    write(file, registry.client().evidence(model.model, version));
    return 0;
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new ConfigException("cannot write " + file + ": " + e, e);
    }
    System.out.printf("%s: %,d bytes%n", file, bytes.length);
  }

  @Command(
      description = "Lists who changed what, when and why, newest first.",
      mixinStandardHelpOptions = true)
  int audit(
      @Mixin RegistryOptions registry,
      @Mixin ModelOption model,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = PAGE,
              description = "How many at most (default: ${DEFAULT-VALUE}).")
          int limit,
      @Option(
              names = "--verify",
              description = "Check the seal of the whole log instead; exit code 1 if broken.")
          boolean verify,
      @Option(
              names = "--seal",
              paramLabel = "HASH",
              description =
                  "With --verify: a seal that was kept elsewhere; exit code 1 if no row has it.")
          @Nullable String seal)
      throws JsonProcessingException {
    if (seal != null && !verify) {
      throw new ConfigException("--seal goes with --verify");
    }
    if (verify) {
      Integrity integrity = registry.client().integrity(seal);
      registry.print(integrity, () -> ModelTables.integrity(integrity, seal));
      boolean whole =
          integrity.brokenAt() == null && (seal == null || integrity.sealedAt() != null);
      return whole ? 0 : ShoalCommand.EXIT_FAILURE;
    }
    List<AuditEntry> entries = registry.client().audit(model.model, Long.MAX_VALUE, limit);
    registry.print(entries, () -> ModelTables.audit(entries));
    return 0;
  }

  private static Instant moment(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new ConfigException(
          "--at must be a moment such as 2026-11-21T14:03:07Z, not '" + text + "'", e);
    }
  }
}
