package io.shoal.registry.server.mlflow;

import io.shoal.registry.server.store.Names;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.registry.server.store.RegistryException.Code;
import java.util.List;
import java.util.Locale;

/** MLflow's stages, which it has deprecated for aliases: the two that say something are aliases. */
final class Stage {
  static final String NONE = "None";
  private static final String PRODUCTION = "Production";
  private static final String STAGING = "Staging";
  static final List<String> ALL = List.of(NONE, STAGING, PRODUCTION);
  private static final String CHALLENGER = "challenger";

  private Stage() {}

  /** The stage of a version with these aliases. */
  static String of(List<String> aliases) {
    if (aliases.contains(Names.CHAMPION)) {
      return PRODUCTION;
    }
    return aliases.contains(CHALLENGER) ? STAGING : NONE;
  }

  /**
   * The alias that a stage stands for.
   *
   * @throws RegistryException when it stands for none
   */
  static String alias(String stage) {
    return switch (stage.toLowerCase(Locale.ROOT)) {
      case "production" -> Names.CHAMPION;
      case "staging" -> CHALLENGER;
      default ->
          throw new RegistryException(
              Code.INVALID_PARAMETER_VALUE,
              "stage '"
                  + stage
                  + "' is not supported: Production stands for the alias champion, Staging for"
                  + " challenger; a version leaves them when another takes its place");
    };
  }
}
