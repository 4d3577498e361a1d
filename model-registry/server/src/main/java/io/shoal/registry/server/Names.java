package io.shoal.registry.server;

import java.util.regex.Pattern;

/** What models and aliases may be called: names that stand in an address as they are. */
final class Names {
  /** Of every name, in characters. */
  static final int LENGTH_MAX = 200;

  /** Of a model. */
  static final Pattern MODEL = Pattern.compile("[A-Za-z0-9_.-]{1,200}");

  /** Of an alias. */
  static final Pattern ALIAS = Pattern.compile("[A-Za-z0-9_.-]{1,100}");

  /** The rule for both, for people. */
  static final String RULE =
      "only letters, digits, '.', '_' and '-'; 200 at most, 100 for an alias";

  private Names() {}
}
