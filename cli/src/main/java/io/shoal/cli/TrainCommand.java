package io.shoal.cli;

import io.shoal.client.Models;
import io.shoal.config.ConfigException;
import io.shoal.config.ServiceConfig;
import io.shoal.jobs.TrainerConfig;
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
import io.shoal.registry.client.RegisteredVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Fits a model to a file, or to what stands in a topic. */
@Command(
    name = "train",
    description = "Fits a model to the numbers of a CSV file, or to what stands in a Kafka topic.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "A file has a header; each row is a point. Columns are standardized, so their units do not",
      "matter. A trainer goes on from the .avro file: trainer.properties, start.model.",
      "",
      "  shoal train --from history.csv.gz --out model.avro",
      "  shoal train --from history.csv -k 16 --features amount,age --out model.onnx",
      "  shoal train --from topic --config trainer.properties --registry http://localhost:8090",
      "",
      "docs/training.md says more. To learn from a stream: shoal start trainer."
    })
final class TrainCommand implements Callable<Integer> {
  private static final String AUTO = "auto";
  private static final String DEFAULT_MODEL = "default";
  private static final Pattern TOPIC = Pattern.compile("topic(?::(.+))?");
  private static final int[] COUNTS = {2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};

  /** Fewest rows per cluster for a k to be tried. */
  private static final int ROWS_PER_CLUSTER = 10;

  private static final int SEARCH_ROWS_MAX = 50_000;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "FILE|topic[:NAME]",
      description = {
        "A file, .csv or .csv.gz; or topic for what stands now in the topic of --config,",
        "topic:NAME for what stands in another one with such records."
      })
  private String from = "";

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = {
        "Properties of shoal start trainer: where brokers and schema registry are, the topic,",
        "the features, k and the name of the model. Needed for a topic."
      })
  private @Nullable Path config;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The model to write: .avro (as the registry has it), .pmml, .xml or .onnx.")
  private @Nullable Path out;

  @Option(
      names = "--registry",
      paramLabel = "URL",
      description = {
        "Register the model there as a new version. A token is taken from",
        "SHOAL_REGISTRY_TOKEN."
      })
  private @Nullable String registry;

  @Option(
      names = "-k",
      paramLabel = "K|auto",
      description =
          "Number of clusters; auto takes the one with the best silhouette, of 2 to 64. Default:"
              + " model.k where --config sets it, else auto.")
  private @Nullable String k;

  @Option(
      names = "--features",
      split = ",",
      paramLabel = "COLUMN",
      description = {
        "Columns of the file to learn from, separated by commas. Default: model.features where",
        "--config sets it, else all."
      })
  private List<String> features = List.of();

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Name of the model. Default: that of --config, else default.")
  private @Nullable String model;

  @Option(
      names = "--starts",
      paramLabel = "N",
      description = "How often to start; the best is taken (default: 3).")
  private int starts = 3;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description =
          "Most points to take from a topic, a sample where it has more (default: 1000000).")
  private int rowsMax = 1_000_000;

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
    if (out == null && registry == null) {
      throw new ConfigException("say where the model goes: --out FILE, --registry URL, or both");
    }
    if (out != null && !isVersion(out)) {
      Models.checkWritable(out);
    }
    TrainerConfig trainer = config == null ? null : new TrainerConfig(ServiceConfig.load(config));
    TrainingTable table = table(trainer);
    float[][] rows = table.rows();
    int d = table.names().size();
    System.out.println(table.summary());
    AssignmentKernel kernel =
        KernelProvider.load(KernelChoice.AUTO, Runtime.getRuntime().availableProcessors());
    KMeansParameters parameters = parameters(wantedK(trainer), rows, d, kernel);
    KMeansModelData fitted =
        new KMeans(parameters, kernel).fitModel(flat(rows, 1, d), rows.length, d);
    System.out.printf("%n%s%n", ClusterTable.of(fitted, table.names()));
    ModelMetadata metadata = metadata(table, modelName(trainer), parameters, kernel);
    deliver(fitted, metadata);
  }

  private TrainingTable table(@Nullable TrainerConfig trainer) throws IOException {
    Matcher topic = TOPIC.matcher(from);
    if (!topic.matches()) {
      return TrainingTable.ofFile(Path.of(from), features, trainer);
    }
    if (trainer == null) {
      throw new ConfigException(
          "--from "
              + from
              + " needs --config FILE, the properties of shoal start trainer: bootstrap.servers,"
              + " schema.registry.url, vectors.topic, model.features");
    }
    if (!features.isEmpty()) {
      throw new ConfigException(
          "--features is for files; for a topic set model.features in the file of --config");
    }
    return TrainingTable.ofTopic(trainer, topic.group(1), rowsMax, seed);
  }

  private String wantedK(@Nullable TrainerConfig trainer) {
    if (k != null) {
      return k;
    }
    return trainer != null && trainer.originals().containsKey(TrainerConfig.MODEL_K)
        ? String.valueOf(trainer.k())
        : AUTO;
  }

  private String modelName(@Nullable TrainerConfig trainer) {
    if (model != null) {
      return model;
    }
    return trainer == null ? DEFAULT_MODEL : trainer.modelName();
  }

  private void deliver(KMeansModelData fitted, ModelMetadata metadata) throws IOException {
    byte[] artifact = ModelCodec.toBytes(ModelCodec.encode(fitted, metadata));
    if (out != null) {
      if (isVersion(out)) {
        Files.write(out, artifact);
      } else {
        Models.save(new NamedModel(fitted, metadata.features()), out);
      }
      System.out.printf("%s: checksum %s%n", out, fitted.checksum());
    }
    if (registry != null) {
      RegisteredVersion version =
          RegistryOptions.client(registry, null).register(metadata.modelName(), artifact);
      System.out.printf(
          "%s: %s version %d, %s%n",
          registry,
          metadata.modelName(),
          version.version(),
          version.reason() == null ? version.state() : version.state() + ": " + version.reason());
    }
  }

  private static boolean isVersion(Path file) {
    return file.toString().endsWith(".avro");
  }

  private KMeansParameters parameters(String k, float[][] rows, int d, AssignmentKernel kernel) {
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
      TrainingTable table, String name, KMeansParameters parameters, AssignmentKernel kernel) {
    return new ModelMetadata(
        name,
        Instant.now(),
        table.eventTime(),
        UUID.randomUUID().toString(),
        1,
        table.fingerprint(),
        table.names(),
        Map.of(
            "k", String.valueOf(parameters.k()),
            "seed", String.valueOf(seed),
            "starts", String.valueOf(starts),
            "kernel", kernel.name(),
            "source", table.source()),
        Map.of("events_learned", (double) table.rows().length),
        table.offsets());
  }
}
