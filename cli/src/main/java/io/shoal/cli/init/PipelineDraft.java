package io.shoal.cli.init;

import io.shoal.cli.init.Column.Kind;
import io.shoal.config.ConfigException;
import io.shoal.features.FeatureSet;
import io.shoal.features.RecordReader;
import io.shoal.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaFormatter;
import org.jspecify.annotations.Nullable;

/**
 * The files of a pipeline that is about to be: what it is, its features, and the schema of its
 * events.
 *
 * @param name of the pipeline, its topic and its feature set
 * @param from what it was made from, for the comments
 * @param columns of the events
 * @param roles of these columns
 * @param schema of the events where the user has one
 */
public record PipelineDraft(
    String name, String from, List<Column> columns, Roles roles, @Nullable Schema schema) {

  /** Property of a record's schema: the column of a file that says whether it was a fraud. */
  public static final String LABEL_PROPERTY = "shoal.label";

  /** Name of the file of the pipeline. */
  public static final String PIPELINE_FILE = "pipeline.yaml";

  /** Name of the file of the features. */
  public static final String FEATURES_FILE = "features.yaml";

  private static final int MANY = 50_000;
  private static final int SOME = 10_000;

  /** Copies the list. */
  public PipelineDraft {
    columns = List.copyOf(columns);
  }

  /** Name of the file of the schema: the topic's. */
  public String schemaFile() {
    return name + ".avsc";
  }

  /**
   * Writes the files into a folder and reads them again.
   *
   * @param replace whether to write over files that are there
   * @return the pipeline file
   * @throws ConfigException when a file is there already, or the folder cannot be written
   */
  public Path write(Path folder, boolean replace) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put(PIPELINE_FILE, pipeline());
    files.put(FEATURES_FILE, new FeatureText(this).toString());
    files.put(schemaFile(), SchemaFormatter.format("json/pretty", avro()) + "\n");
    try {
      Files.createDirectories(folder);
      for (String file : files.keySet()) {
        if (!replace && Files.exists(folder.resolve(file))) {
          throw new ConfigException(
              folder.resolve(file) + " is there already; --force writes over it");
        }
      }
      for (Map.Entry<String, String> file : files.entrySet()) {
        Files.writeString(folder.resolve(file.getKey()), file.getValue());
      }
    } catch (IOException e) {
      throw new ConfigException("cannot write into " + folder + ": " + e, e);
    }
    new RecordReader(FeatureSet.load(folder.resolve(FEATURES_FILE)), avro());
    var unused = Pipeline.read(folder.resolve(PIPELINE_FILE));
    return folder.resolve(PIPELINE_FILE);
  }

  /** The record of an event: what a file has but the label, which is known only later. */
  public Schema avro() {
    if (schema != null) {
      return schema;
    }
    List<Schema.Field> fields = new ArrayList<>();
    if (roles.id() == null) {
      fields.add(
          new Schema.Field(
              Roles.MADE_ID,
              Schema.create(Schema.Type.STRING),
              "Identifies the event; 'shoal produce' takes file and line."));
    }
    columns.stream()
        .filter(column -> !column.name().equals(roles.label()))
        .map(this::field)
        .forEach(fields::add);
    Schema record =
        Schema.createRecord(recordName(), "Made by 'shoal init' from " + from + ".", null, false);
    record.setFields(fields);
    if (roles.label() != null) {
      record.addProp(LABEL_PROPERTY, roles.label());
    }
    return record;
  }

  private Schema.Field field(Column column) {
    boolean word =
        column.name().equals(roles.id())
            || roles.entities().contains(column.name())
            || roles.categories().contains(column.name());
    // Amounts that are whole in an example need not be so for ever.
    boolean amount = roles.numbers().contains(column.name());
    Schema type =
        word ? Schema.create(Schema.Type.STRING) : type(amount ? Kind.NUMBER : column.kind());
    boolean required =
        column.name().equals(roles.id())
            || column.name().equals(roles.time())
            || roles.entities().contains(column.name());
    // What is full in an example may be empty one day; what Shoal cannot do without may not.
    return required
        ? new Schema.Field(column.name(), type)
        : new Schema.Field(
            column.name(),
            Schema.createUnion(Schema.create(Schema.Type.NULL), type),
            null,
            Schema.Field.NULL_DEFAULT_VALUE);
  }

  private static Schema type(Kind kind) {
    return switch (kind) {
      case TIME -> LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
      case WHOLE -> Schema.create(Schema.Type.LONG);
      case NUMBER -> Schema.create(Schema.Type.DOUBLE);
      case FLAG -> Schema.create(Schema.Type.BOOLEAN);
      case TEXT -> Schema.create(Schema.Type.STRING);
    };
  }

  private String recordName() {
    String plain = name.replaceAll("[^A-Za-z0-9]+", "_");
    String upper = Character.toUpperCase(plain.charAt(0)) + plain.substring(1);
    return Character.isDigit(upper.charAt(0)) ? "Event_" + upper : upper;
  }

  private String pipeline() {
    return """
        # Made by 'shoal init' from %s. What it does not say has a default: docs/configuration.md.
        apiVersion: shoal/v1
        kind: Pipeline
        name: %s
        features: %s

        # Without a Kafka of yours the pipeline brings a broker and a schema registry of its own.
        # kafka:
        #   bootstrap.servers: broker:9092
        #   schema.registry.url: http://schemas:8081

        model:
          k: %d   # clusters: kinds of normal

        serving:
          review.share: %s   # share of the events that become alerts
        """
        .formatted(from, name, FEATURES_FILE, clusters(), rows() < SOME ? "0.005" : "0.002");
  }

  private int clusters() {
    if (rows() == 0 || rows() >= MANY) {
      return 64;
    }
    return rows() >= SOME ? 32 : 16;
  }

  private int rows() {
    return columns.stream().mapToInt(Column::rows).max().orElse(0);
  }
}
