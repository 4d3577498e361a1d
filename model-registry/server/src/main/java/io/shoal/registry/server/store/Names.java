package io.shoal.registry.server.store;

import io.shoal.registry.server.store.RegistryException.Code;
import java.util.regex.Pattern;

/** What models and aliases may be called: names that stand in an address as they are. */
public final class Names {
  /** Of every name, in characters. */
  public static final int LENGTH_MAX = 200;

  /** Longest reason that a row holds, in characters. */
  public static final int REASON_MAX = 2_000;

  /** The alias that decides. */
  public static final String CHAMPION = "champion";

  /** The rule for both, for people. */
  public static final String RULE =
      "only letters, digits, '.', '_' and '-'; 200 at most, 100 for an alias";

  private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9_.-]{1,200}");
  private static final Pattern ALIAS = Pattern.compile("[A-Za-z0-9_.-]{1,100}");

  private Names() {}

  /** Whether a model may be called so. */
  public static boolean isModel(String name) {
    return MODEL.matcher(name).matches();
  }

  /**
   * The name, when a model may be called so.
   *
   * @throws RegistryException when it may not
   */
  public static String requireModel(String name) {
    if (!isModel(name)) {
      throw new RegistryException(
          Code.INVALID_PARAMETER_VALUE, "model name '" + name + "': " + RULE);
    }
    return name;
  }

  /**
   * The name, when an alias may be called so.
   *
   * @throws RegistryException when it may not
   */
  public static String requireAlias(String alias) {
    if (!ALIAS.matcher(alias).matches()) {
      throw new RegistryException(Code.INVALID_PARAMETER_VALUE, "alias '" + alias + "': " + RULE);
    }
    return alias;
  }
}
