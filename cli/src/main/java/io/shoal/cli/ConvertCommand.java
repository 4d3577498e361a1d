package io.shoal.cli;

import io.shoal.client.Models;
import io.shoal.config.ConfigException;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.exchange.InvalidModelFileException;
import io.shoal.kmeans.exchange.NamedModel;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Converts a model file into another format. */
@Command(
    name = "convert",
    description = "Converts a model file, to use a model elsewhere or one from elsewhere.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "The ending of a name tells its format:",
      "  .avro          what the model registry serves as a version's artifact (IN)",
      "  .pmml or .xml  PMML; as IN also of other systems",
      "  .onnx          ONNX; as IN only what Shoal wrote",
      "docs/models.md says what each one holds."
    })
final class ConvertCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "IN",
      description = "The file to read, or http://REGISTRY/MODEL@ALIAS.")
  private String in;

  @Parameters(index = "1", paramLabel = "OUT", description = "The file to write.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    try {
      NamedModel named = Models.load(in);
      Models.save(named, out);
      KMeansModelData model = named.model();
      System.out.printf(
          "%s: %d clusters, %d features, checksum %s%n",
          out, model.clusters(), model.dimension(), model.checksum());
      return 0;
    } catch (NoSuchFileException e) {
      throw new ConfigException(e.getFile() + ": no such file");
    } catch (InvalidModelFileException | IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()));
    }
  }
}
