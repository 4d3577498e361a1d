package io.shoal.cli;

import io.shoal.cli.watch.PredictionStream;
import io.shoal.cli.watch.PredictionText;
import io.shoal.config.ConfigException;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.Decision;
import io.shoal.schemas.avro.Prediction;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what a pipeline predicts, while it does. */
@Command(
    name = "watch",
    description = {
      "Shows the alerts of a running pipeline as they come, and how many predictions there are. On a"
          + " terminal the last line is kept up to date; colours are only there.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Ctrl-C ends it.",
      "",
      "  shoal watch orders/pipeline.yaml --from-beginning -o json | head"
    })
final class WatchCommand implements Callable<Integer> {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration SUMMARY_ON_TERMINAL = Duration.ofMillis(500);
  private static final Duration SUMMARY_ELSEWHERE = Duration.ofSeconds(10);
  private static final int WIDTH = 80;
  private static final int PATIENCE_MS = 15_000;
  private static final String CLEAR = "\r\u001b[K";

  /** How a prediction is written. */
  enum Output {
    TEXT,
    JSON
  }

  @Mixin private PipelineOptions target = new PipelineOptions();

  @Option(names = "--all", description = "Every prediction, not only alerts.")
  private boolean all;

  @Option(names = "--from-beginning", description = "Also those that are there already.")
  private boolean fromBeginning;

  @Option(names = "--limit", paramLabel = "N", description = "End after so many lines shown.")
  private long limit = Long.MAX_VALUE;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "End after so long, with exit code 1 when --limit was not reached.")
  private long timeoutSeconds;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      defaultValue = "text",
      description = "text, or json with a line for each (default: ${DEFAULT-VALUE}).")
  private Output output = Output.TEXT;

  private final boolean terminal = Terminals.attached();
  private final PrintStream out = System.out;
  private long shown;

  @Override
  public Integer call() {
    KafkaAddresses kafka = target.kafka();
    Topics topics = new Topics(target.pipeline().topicPrefix());
    PredictionText text = new PredictionText(WIDTH, terminal && System.getenv("NO_COLOR") == null);
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> Interruption.wait(interrupted, stopped), "watch-end"));
    long endNs = timeoutSeconds > 0 ? Duration.ofSeconds(timeoutSeconds).toNanos() : Long.MAX_VALUE;
    try (PredictionStream stream = stream(kafka)) {
      open(stream, topics.predictions());
      long startNs = System.nanoTime();
      long summaryNs = startNs;
      while (interrupted.getCount() > 0 && shown < limit && System.nanoTime() - startNs < endNs) {
        stream.poll(POLL, prediction -> show(prediction, text));
        if (System.nanoTime() - summaryNs >= 0) {
          summarize(stream);
          summaryNs =
              System.nanoTime() + (terminal ? SUMMARY_ON_TERMINAL : SUMMARY_ELSEWHERE).toNanos();
        }
      }
      end(stream);
    } finally {
      stopped.countDown();
    }
    return limit != Long.MAX_VALUE && shown < limit ? ShoalCommand.EXIT_FAILURE : 0;
  }

  private void show(Prediction prediction, PredictionText text) {
    if (shown == limit || (!all && prediction.getDecision() != Decision.REVIEW)) {
      return;
    }
    shown++;
    if (terminal && output == Output.TEXT) {
      out.print(CLEAR);
    }
    if (output == Output.JSON) {
      out.println(prediction);
    } else {
      text.lines(prediction).forEach(out::println);
    }
  }

  private void summarize(PredictionStream stream) {
    if (output == Output.JSON) {
      return;
    }
    if (terminal) {
      out.print(CLEAR + clip(stream.summary()));
    } else {
      out.println(clip(stream.summary()));
    }
    out.flush();
  }

  private void end(PredictionStream stream) {
    if (output == Output.TEXT) {
      out.println((terminal ? CLEAR : "") + clip(stream.summary()));
    }
  }

  private static String clip(String line) {
    return line.length() < WIDTH ? line : line.substring(0, WIDTH - 1);
  }

  private static PredictionStream stream(KafkaAddresses kafka) {
    Map<String, Object> settings = kafka.client();
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MS);
    try {
      return new PredictionStream(
          new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
          kafka.registry());
    } catch (KafkaException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new ConfigException("cannot use the Kafka of the pipeline: " + cause.getMessage(), e);
    }
  }

  private void open(PredictionStream stream, String topic) {
    boolean found;
    try {
      found = stream.open(topic, fromBeginning);
    } catch (KafkaException e) {
      throw new ConfigException(
          "the brokers do not answer within %d s (%s); is the pipeline up? 'shoal get' tells, 'shoal"
                  .formatted(PATIENCE_MS / 1_000, e.getMessage())
              + " doctor' looks deeper",
          e);
    }
    if (!found) {
      throw new ConfigException(
          "there is no topic "
              + topic
              + " yet; 'shoal deploy' starts the pipeline, which makes it");
    }
  }
}
