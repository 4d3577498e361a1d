package io.shoal.config;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * Values that stand elsewhere, so that secrets need not stand in a configuration file, in the form
 * of Kafka's own configuration providers: <code>${env:NAME}</code> is an environment variable,
 * <code>${file:PATH:KEY}</code> a key of a properties file, <code>${directory:PATH:FILE}</code> the
 * text of a file.
 */
public final class References {
  /** What a reference looks like to people. */
  public static final String FORMS = "${env:NAME}, ${file:PATH:KEY} or ${directory:PATH:FILE}";

  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file|directory):([^}]+)}");

  private References() {}

  /** Whether a value refers to something that stands elsewhere. */
  public static boolean isIn(String value) {
    return REFERENCE.matcher(value).find();
  }

  /**
   * The values with each reference replaced by what it refers to.
   *
   * @throws ConfigException when something that is referred to is not there
   */
  public static Map<String, String> resolve(Map<String, String> values) {
    Map<String, ConfigProvider> providers =
        Map.of(
            "env", new EnvVarConfigProvider(),
            "file", new FileConfigProvider(),
            "directory", new DirectoryConfigProvider());
    providers.values().forEach(provider -> provider.configure(Map.of()));
    Map<String, String> resolved;
    try {
      resolved = new TreeMap<>(new ConfigTransformer(providers).transform(values).data());
    } catch (org.apache.kafka.common.config.ConfigException e) {
      throw new ConfigException("cannot read what the configuration refers to: " + e.getMessage());
    }
    values.forEach(
        (key, value) -> {
          Matcher left = REFERENCE.matcher(value);
          while (left.find()) {
            if (resolved.getOrDefault(key, value).contains(left.group())) {
              throw new ConfigException(
                  "%s refers to %s, which is not there; %s"
                      .formatted(key, left.group(), remedy(left.group(1), left.group(2))));
            }
          }
        });
    return resolved;
  }

  private static String remedy(String provider, String what) {
    return provider.equals("env")
        ? "set the environment variable " + what
        : "the form is ${" + provider + (provider.equals("file") ? ":PATH:KEY}" : ":PATH:FILE}");
  }
}
