package io.shoal.cli;

import io.shoal.client.Models;
import io.shoal.client.NumericCsv;
import io.shoal.config.ConfigException;
import io.shoal.features.FeatureSet;
import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.ClusterCountSearch;
import io.shoal.kmeans.KMeans;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.KMeansParameters;
import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelProvider;
import io.shoal.kmeans.exchange.NamedModel;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.client.ModelMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Fits a model to a file. */
@Command(
    name = "train",
    description = "Fits a model to the numbers of a CSV file.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "The file has a header; each row is a point. Columns are standardized, so their units do not",
      "matter. A trainer goes on from the .avro file: trainer.properties, start.model.",
      "",
      "  shoal train --from history.csv.gz --out model.avro",
      "  shoal train --from history.csv -k 16 --features amount,age --out model.onnx",
      "",
      "docs/training.md says more. To learn from a stream: shoal start trainer."
    })
final class TrainCommand implements Callable<Integer> {
  private static final String AUTO = "auto";
  private static final int[] COUNTS = {2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};

  /** Fewest rows per cluster for a k to be tried. */
  private static final int ROWS_PER_CLUSTER = 10;

  private static final int SEARCH_ROWS_MAX = 50_000;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "FILE",
      description = "The file to learn from, .csv or .csv.gz.")
  private Path from;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The model to write: .avro (as the registry has it), .pmml, .xml or .onnx.")
  private Path out;

  @Option(
      names = "-k",
      paramLabel = "K|auto",
      description =
          "Number of clusters; auto (the default) takes the one with the best silhouette, of 2 to"
              + " 64.")
  private String k = AUTO;

  @Option(
      names = "--features",
      split = ",",
      paramLabel = "COLUMN",
      description = "Columns to learn from, separated by commas (default: all).")
  private List<String> features = List.of();

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Name of the model (default: default).")
  private String model = "default";

  @Option(
      names = "--starts",
      paramLabel = "N",
      description = "How often to start; the best is taken (default: 3).")
  private int starts = 3;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The same seed gives the same model (default: 1).")
  private long seed = 1;

  @Override
  public Integer call() throws IOException {
    try {
      train();
      return 0;
    } catch (NoSuchFileException e) {
      throw new ConfigException(e.getFile() + ": no such file");
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }

  private void train() throws IOException {
    boolean forRegistry = out.toString().endsWith(".avro");
    if (!forRegistry) {
      Models.checkWritable(out);
    }
    NumericCsv table = NumericCsv.read(from, features);
    float[][] rows = table.rows();
    int d = table.names().size();
    System.out.printf("%s: %,d rows of %d columns%n", from, rows.length, d);
    AssignmentKernel kernel =
        KernelProvider.load(KernelChoice.AUTO, Runtime.getRuntime().availableProcessors());
    KMeansParameters parameters = parameters(rows, d, kernel);
    KMeansModelData fitted =
        new KMeans(parameters, kernel).fitModel(flat(rows, 1, d), rows.length, d);
    System.out.printf("%n%s%n", ClusterTable.of(fitted, table.names()));
    if (forRegistry) {
      ModelMetadata metadata = metadata(table.names(), rows.length, parameters, kernel);
      Files.write(out, ModelCodec.toBytes(ModelCodec.encode(fitted, metadata)));
    } else {
      Models.save(new NamedModel(fitted, table.names()), out);
    }
    System.out.printf("%s: checksum %s%n", out, fitted.checksum());
  }

  private KMeansParameters parameters(float[][] rows, int d, AssignmentKernel kernel) {
    KMeansParameters wanted = KMeansParameters.of(2).withStarts(starts).withSeed(seed);
    int clusters =
        k.equalsIgnoreCase(AUTO) ? search(rows, d, wanted.withStarts(1), kernel) : count(k);
    if (clusters > rows.length) {
      throw new ConfigException(
          "%s: -k %d clusters need as many rows, it has %d".formatted(from, clusters, rows.length));
    }
    return wanted.withK(clusters);
  }

  private int search(float[][] rows, int d, KMeansParameters parameters, AssignmentKernel kernel) {
    int step = (rows.length + SEARCH_ROWS_MAX - 1) / SEARCH_ROWS_MAX;
    float[] sample = flat(rows, step, d);
    int n = sample.length / d;
    int[] counts = IntStream.of(COUNTS).filter(c -> c * ROWS_PER_CLUSTER <= n).toArray();
    if (counts.length == 0) {
      throw new ConfigException(
          "%s: %d rows are too few to choose k, which takes %d; name it with -k"
              .formatted(from, rows.length, COUNTS[0] * ROWS_PER_CLUSTER));
    }
    List<ClusterCountSearch.Candidate> tried =
        ClusterCountSearch.run(sample, n, d, counts, parameters, kernel);
    ClusterCountSearch.Candidate best = ClusterCountSearch.best(tried);
    for (ClusterCountSearch.Candidate candidate : tried) {
      System.out.printf(
          "k %2d: silhouette %.3f%s%n",
          candidate.k(), candidate.silhouette(), candidate.equals(best) ? "  <- taken" : "");
    }
    return best.k();
  }

  private static int count(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new ConfigException("-k " + text + ": give a number, or auto", e);
    }
  }

  /** Every so manieth row, row-major. */
  private static float[] flat(float[][] rows, int step, int d) {
    int n = (rows.length + step - 1) / step;
    float[] points = new float[Math.multiplyExact(n, d)];
    for (int i = 0; i < n; i++) {
      System.arraycopy(rows[i * step], 0, points, i * d, d);
    }
    return points;
  }

  private ModelMetadata metadata(
      List<String> names, int rows, KMeansParameters parameters, AssignmentKernel kernel) {
    Instant now = Instant.now();
    return new ModelMetadata(
        model,
        now,
        now,
        UUID.randomUUID().toString(),
        1,
        fingerprint(names),
        names,
        Map.of(
            "k", String.valueOf(parameters.k()),
            "seed", String.valueOf(seed),
            "starts", String.valueOf(starts),
            "kernel", kernel.name(),
            "source", String.valueOf(from.getFileName())),
        Map.of("events_learned", (double) rows),
        List.of());
  }

  /** That of the feature set where the columns are its features, else one of the names alone. */
  private static String fingerprint(List<String> features) {
    FeatureSet set = FeatureSet.cardTransactions();
    if (set.names().containsAll(features)) {
      return set.fingerprint();
    }
    byte[] names = String.join(",", features).getBytes(StandardCharsets.UTF_8);
    return "columns-" + UUID.nameUUIDFromBytes(names);
  }
}
