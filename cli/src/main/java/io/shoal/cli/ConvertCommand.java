package io.shoal.cli;

import io.shoal.config.ConfigException;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.exchange.InvalidModelFileException;
import io.shoal.kmeans.exchange.NamedModel;
import io.shoal.registry.client.InvalidModelException;
import java.io.IOException;
import java.nio.file.Files;
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
  @Parameters(index = "0", paramLabel = "IN", description = "The file to read.")
  private Path in;

  @Parameters(index = "1", paramLabel = "OUT", description = "The file to write.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    ModelFormat to = ModelFormat.of(out);
    to.requireWritable(out);
    NamedModel named = read(ModelFormat.of(in));
    Files.write(out, to.write(named));
    KMeansModelData model = named.model();
    System.out.printf(
        "%s: %d clusters, %d features, checksum %s%n",
        out, model.clusters(), model.dimension(), model.checksum());
    return 0;
  }

  private NamedModel read(ModelFormat from) throws IOException {
    try (var stream = Files.newInputStream(in)) {
      return from.read(stream);
    } catch (NoSuchFileException e) {
      throw new ConfigException(in + ": no such file");
    } catch (InvalidModelFileException | InvalidModelException e) {
      throw new ConfigException(in + ": " + e.getMessage());
    }
  }
}
