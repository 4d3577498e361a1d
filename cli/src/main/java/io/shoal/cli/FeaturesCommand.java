package io.shoal.cli;

import io.shoal.config.ConfigException;
import io.shoal.features.FeatureSet;
import io.shoal.features.RecordReader;
import io.shoal.features.StateUnit;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks feature sets, and computes them over histories. */
@Command(
    name = "features",
    description = "Checks feature sets, and computes them over histories.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = FeatureExportCommand.class)
final class FeaturesCommand {

  @Command(
      description = "Says what is wrong in a feature set, with line and column, or what it is.",
      mixinStandardHelpOptions = true)
  void validate(
      @Parameters(paramLabel = "FILE", description = "The feature set (docs/features.md).")
          Path file,
      @Option(
              names = "--schema",
              paramLabel = "RECORD.avsc",
              description = "Also check that the set fits this Avro schema.")
          @Nullable Path schema,
      @Option(
              names = "--config",
              paramLabel = "FILE",
              description =
                  "Also check that it fits the newest schema of its subject, in the schema registry"
                      + " of these properties (the sidecar's).")
          @Nullable Path config) {
    FeatureSet features = FeatureSet.load(file);
    if (schema != null) {
      describe(features, parse(schema.toFile()));
    }
    if (config != null) {
      KafkaAddresses kafka = KafkaAddresses.read(config);
      String subject = kafka.topic(features.source().subject());
      describe(
          features,
          kafka
              .registry()
              .latest(subject)
              .orElseThrow(
                  () ->
                      new ConfigException("no schema is registered under the subject " + subject)));
    }
    System.out.printf(
        "%s: %d features, fingerprint %s%n",
        features.name(), features.dimension(), features.fingerprint());
    System.out.printf("  %s%n", String.join(", ", features.names()));
    for (StateUnit unit : features.units()) {
      System.out.printf(
          "  state of each %s, %s%n",
          unit.name(),
          unit.inLine() ? "kept where the messages are" : "kept beside and replicated");
    }
  }

  private static void describe(FeatureSet features, Schema schema) {
    new RecordReader(features, schema);
    System.out.printf("fits the record %s%n", schema.getFullName());
  }

  private static Schema parse(File file) {
    if (!Files.isReadable(file.toPath())) {
      throw new ConfigException("cannot read the schema " + file);
    }
    try {
      return new Schema.Parser().parse(file);
    } catch (IOException | AvroRuntimeException e) {
      throw new ConfigException(file + " is no Avro schema: " + e.getMessage(), e);
    }
  }
}
