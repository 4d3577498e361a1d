package io.shoal.cli;

import io.shoal.jobs.TrainerConfig;
import io.shoal.kmeans.AssignmentKernel;
import io.shoal.kmeans.KernelChoice;
import io.shoal.kmeans.KernelProvider;
import io.shoal.local.demo.Demo;
import io.shoal.local.demo.DemoOptions;
import io.shoal.local.demo.DemoSummary;
import io.shoal.local.demo.DemoTarget;
import io.shoal.local.stack.DataDirectory;
import io.shoal.local.stack.LocalStack;
import io.shoal.pipeline.Pipeline;
import io.shoal.pipeline.Service;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the whole system on this machine and shows it live. */
@Command(
    name = "demo",
    description = {
      "Runs the whole system on this machine: Kafka broker, schema registry, model registry, training job,"
          + " sidecar, and a generator of card transactions that runs faster than real time.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Ctrl-C ends it in order with a summary; the next run goes on from its data folder.",
      "The file for --transactions has the header",
      "transaction_id,event_time,customer_id,terminal_id,amount[,fraud]; times are ISO-8601 UTC."
    })
final class DemoCommand implements Callable<Integer> {
  private static final Duration REFRESH = Duration.ofSeconds(1);

  @Option(
      names = "--transactions",
      paramLabel = "FILE",
      description = "Replay this .csv or .csv.gz instead of the generator.")
  private @Nullable Path transactions;

  @Option(names = "--limit", paramLabel = "N", description = "Send at most so many transactions.")
  private long limit = DemoOptions.NO_LIMIT;

  @Option(
      names = "--rate",
      paramLabel = "N|max",
      description =
          "Transactions per second, or max. Default: 1000 with the generator, max with a file.")
  private @Nullable String rate;

  @Option(
      names = "--label-delay",
      paramLabel = "TIME",
      defaultValue = "7d",
      description = "Event time after which a fraud becomes known (default: ${DEFAULT-VALUE}).")
  private String labelDelay = "7d";

  @Option(
      names = "--predictions",
      paramLabel = "FILE",
      description = "Write one line per prediction to this .csv or .csv.gz.")
  private @Nullable Path predictions;

  @Option(
      names = "--headless",
      description =
          "No live view; a progress line now and then, exit when the input is through. The exit code is 0"
              + " only if every transaction got exactly one prediction.")
  private boolean headless;

  @Option(
      names = "--kernel",
      paramLabel = "NAME",
      defaultValue = "auto",
      description = "auto, simd, scalar or opencl (default: ${DEFAULT-VALUE}).")
  private String kernel = "auto";

  @Option(
      names = "--port-base",
      paramLabel = "PORT",
      description =
          "The broker's port; schema registry, model registry, sidecar and the trainer's metrics take the next four. Default: free ports.")
  private int portBase;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Folder of all state. Default: shoal/demo in your cache folder.")
  private @Nullable Path dataDir;

  @Option(names = "--fresh", description = "Start over: empty the data folder first.")
  private boolean fresh;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the generator and the learner (default: ${DEFAULT-VALUE}).")
  private long seed = DemoOptions.SEED_DEFAULT;

  @Mixin private LogOptions log = new LogOptions();

  @Override
  public Integer call() throws Exception {
    DemoOptions options = options();
    Demo.checkFiles(options);
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Thread onCtrlC = new Thread(() -> Interruption.wait(interrupted, stopped), "demo-interrupt");
    Runtime.getRuntime().addShutdownHook(onCtrlC);
    try (DataDirectory data = DataDirectory.open(options.dataDir(), options.fresh())) {
      log.toFile(data.folder("logs").resolve("shoal.log"), headless);
      requireKernel(options.kernel());
      return run(options, data, interrupted);
    } finally {
      stopped.countDown();
    }
  }

  private int run(DemoOptions options, DataDirectory data, CountDownLatch interrupted)
      throws InterruptedException {
    DemoSummary summary;
    System.out.println("starting in " + options.dataDir());
    try (LocalStack stack =
            new LocalStack(data, pipeline(options), options.portBase(), Parts::announce);
        Demo demo = new Demo(options, target(stack))) {
      System.out.println("console at " + stack.modelRegistryUrl() + "/");
      System.out.println(
          "log in " + LogOptions.place() + (headless ? "" : "; Ctrl-C ends the demo"));
      demo.start();
      try (LiveView view =
          LiveView.open(headless, stack.bootstrapServers(), stack.modelRegistryUrl())) {
        while (interrupted.getCount() > 0 && !demo.awaitFinished(REFRESH)) {
          view.show(demo.snapshot());
        }
        view.show(demo.snapshot());
      }
      summary = demo.stop();
      System.out.println();
      System.out.println(summary);
    }
    boolean cutShort = interrupted.getCount() == 0;
    return summary.exactlyOnce() || (cutShort && summary.failure() == null)
        ? 0
        : ShoalCommand.EXIT_FAILURE;
  }

  /** What the command line says, checked. */
  DemoOptions options() {
    String defaultRate = transactions == null ? "1000" : "max";
    return DemoOptions.builder(dataDir == null ? CacheFolder.of("demo") : dataDir)
        .transactions(transactions)
        .limit(limit)
        .rate(DemoOptions.parseRate(rate == null ? defaultRate : rate))
        .labelDelay(DemoOptions.parseDelay(labelDelay))
        .predictions(predictions)
        .headless(headless)
        .kernel(kernel)
        .portBase(portBase)
        .fresh(fresh)
        .seed(seed)
        .build();
  }

  /**
   * In the trainer a kernel that cannot run would be one more failure to restart from, for ever.
   */
  private static void requireKernel(String name) {
    KernelChoice choice = KernelChoice.parse(name);
    if (choice != KernelChoice.AUTO) {
      AssignmentKernel kernel = KernelProvider.load(choice);
      System.out.println("kernel " + kernel.name());
    }
  }

  /** The built-in pipeline: topics without a prefix, a Kafka of its own. */
  private static Pipeline pipeline(DemoOptions options) {
    return Pipeline.of(
        "demo",
        "",
        Map.of(
            Service.TRAINER,
            Map.of(
                TrainerConfig.MODEL_KERNEL, options.kernel(),
                TrainerConfig.MODEL_SEED, String.valueOf(options.seed()))));
  }

  private static DemoTarget target(LocalStack stack) {
    return new DemoTarget(
        stack.bootstrapServers(),
        stack.schemaRegistryUrl(),
        stack.topics(),
        () -> stack.trainer().progress().eventsLearned());
  }
}
