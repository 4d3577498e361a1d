package io.shoal.features.definition;

import io.shoal.config.yaml.Problems;
import io.shoal.config.yaml.YamlDocument;
import io.shoal.config.yaml.YamlSchema;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A feature set as declared, with all names resolved.
 *
 * @param name of the set
 * @param source where events come from
 * @param entities whose events are aggregated; the first is the key of the messages
 * @param features in the order of the vector
 * @param modelFeatures names of those that a model learns from unless told otherwise
 */
public record FeatureSetDefinition(
    String name,
    Source source,
    List<Entity> entities,
    List<Feature> features,
    List<String> modelFeatures) {

  /** Where a JSON Schema of the form stands on the class path, for editors. */
  public static final String SCHEMA = "/io/shoal/features/definition/feature-set.schema.json";

  /**
   * Where events come from and what is what in them.
   *
   * @param topic without the pipeline's prefix
   * @param subject of the schema registry, without the prefix
   * @param id field that identifies an event
   * @param eventTime field that says when it happened
   * @param timeUnit of that field where its schema does not say
   */
  public record Source(
      String topic, String subject, String id, String eventTime, TimeUnit timeUnit) {}

  /** Unit of an event time that is a bare number. */
  public enum TimeUnit {
    /** Since 1970. */
    SECONDS(1_000_000),
    /** Since 1970. */
    MILLISECONDS(1_000),
    /** Since 1970. */
    MICROSECONDS(1);

    private final long micros;

    TimeUnit(long micros) {
      this.micros = micros;
    }

    /** Milliseconds since 1970, rounded down. */
    public long toMillis(long value) {
      return micros >= 1_000
          ? Math.multiplyExact(value, micros / 1_000)
          : Math.floorDiv(value, 1_000 / micros);
    }
  }

  /** Whose events are aggregated: a name, and the field that holds its key. */
  public record Entity(String name, String key) {}

  /**
   * One place of the vector.
   *
   * @param name unique in the set
   * @param value what is computed
   * @param missing stands where the value is missing
   * @param resolution difference below which two values are alike to a person; of no influence on
   *     the values, so that it does not enter the fingerprint
   */
  public record Feature(String name, Expression value, double missing, float resolution) {}

  /**
   * Reads a file.
   *
   * @throws io.shoal.config.ConfigException when it cannot be read, or with one line for each thing
   *     that is wrong in it, with its position
   */
  public static FeatureSetDefinition read(Path file) {
    try {
      return parse(Files.readString(file), file.toString());
    } catch (IOException e) {
      throw new io.shoal.config.ConfigException(
          "cannot read the feature set " + file + ": " + e, e);
    }
  }

  /** Reads a resource of the class path; see {@link #read}. */
  public static FeatureSetDefinition resource(String name) {
    try (InputStream in = FeatureSetDefinition.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no " + name + " on the class path");
      }
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), name);
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + name + " of the class path", e);
    }
  }

  /**
   * Reads a text; see {@link #read}.
   *
   * @param origin stands before line and column in messages
   */
  public static FeatureSetDefinition parse(String text, String origin) {
    Problems problems = new Problems(origin);
    YamlDocument document = YamlDocument.parse(text, problems);
    Form.SCHEMA.check(document, problems);
    return new DefinitionReader(document, problems).read();
  }

  /** Loaded when the first set is read. */
  private static final class Form {
    static final YamlSchema SCHEMA =
        new YamlSchema(
            FeatureSetDefinition.SCHEMA,
            Map.of(
                "oneOf", "needs either 'name' or 'windows_of'",
                "minProperties", "must name exactly one transform",
                "maxProperties", "must name exactly one transform"));
  }
}
