package io.shoal.cli;

import io.shoal.cli.init.Columns;
import io.shoal.cli.init.PipelineDraft;
import io.shoal.cli.produce.EventSender;
import io.shoal.cli.produce.Events;
import io.shoal.cli.produce.FileEvents;
import io.shoal.cli.produce.InventedEvents;
import io.shoal.cli.produce.SimulatedEvents;
import io.shoal.config.ConfigException;
import io.shoal.features.FeatureSet;
import io.shoal.local.demo.Pace;
import io.shoal.local.demo.Ticker;
import io.shoal.schemas.SchemaRegistryUnavailableException;
import io.shoal.schemas.Topics;
import io.shoal.schemas.avro.Transaction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.apache.avro.Schema;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends a file, or made-up events, to the topic of a pipeline. */
@Command(
    name = "produce",
    description = {
      "Sends the rows of a CSV file to the topic that a pipeline reads, as Avro, in their order. Columns"
          + " are named as the fields of the schema: that of --schema, or TOPIC.avsc beside the features, or"
          + " the newest in the schema registry. Without data of your own, --generate makes events up.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Rows that are no events are left out and counted; the exit code is 1 when all were.",
      "",
      "  shoal produce orders/pipeline.yaml orders.csv --rate 500",
      "  shoal produce orders/pipeline.yaml --generate      # until Ctrl-C"
    })
final class ProduceCommand implements Callable<Integer> {
  private static final String MAX = "max";
  private static final int PATIENCE_MS = 15_000;

  @Mixin private PipelineOptions target = new PipelineOptions();

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE",
      description = "A .csv or .csv.gz with a header.")
  private @Nullable Path file;

  @Option(
      names = "--generate",
      description =
          "Instead of a file: events that are made up, one in some hundred a fraud, until --limit or Ctrl-C."
              + " For a pipeline with the built-in features the card transactions of the demo.")
  private boolean generate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of what is made up (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--rate",
      paramLabel = "N|max",
      defaultValue = "1000",
      description = "Events per second (default: ${DEFAULT-VALUE}).")
  private String rate = "1000";

  @Option(names = "--limit", paramLabel = "N", description = "Send at most so many events.")
  private long limit = Long.MAX_VALUE;

  @Option(
      names = "--schema",
      paramLabel = "RECORD.avsc",
      description = "Avro schema of the events.")
  private @Nullable Path schema;

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description = "What says whether an event was a fraud (default: what 'shoal init' noted).")
  private @Nullable String label;

  @Option(
      names = "--label-delay",
      paramLabel = "7d",
      defaultValue = "7d",
      description = "Time of the events after which a fraud is known (default: ${DEFAULT-VALUE}).")
  private String labelDelay = "7d";

  @Override
  public Integer call() {
    FeatureSet features = target.features();
    KafkaAddresses kafka = target.kafka();
    Topics topics = new Topics(target.pipeline().topicPrefix());
    double perSecond = perSecond();
    Duration delay = FeatureExportCommand.delay(labelDelay);
    String topic = topics.source(features.source().topic());
    if (generate == (file != null)) {
      throw new ConfigException("give a FILE with events, or --generate to have some made up");
    }
    long startedNs = System.nanoTime();
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> Interruption.wait(interrupted, stopped), "produce-end"));
    try (Producer<String, byte[]> producer = producer(kafka)) {
      requireTopic(producer, topic);
      Schema record = schema(features, kafka, topic);
      EventSender sender =
          new EventSender(features, record, topics, kafka.registry(), producer, delay);
      try (Events events = events(features, record);
          ProgressLine progress = new ProgressLine("sending")) {
        System.out.printf("%s -> %s%n", file == null ? "made-up events" : file, topic);
        sender.send(
            events,
            limit,
            new Pace(perSecond, Ticker.SYSTEM),
            () -> interrupted.getCount() == 0,
            (share, sent) ->
                progress.accept(
                    limit == Long.MAX_VALUE ? share : Math.max(share, (double) sent / limit)));
      }
      return summary(sender, (System.nanoTime() - startedNs) / 1e9);
    } catch (SchemaRegistryUnavailableException e) {
      throw new ConfigException(e.getMessage() + "; is the pipeline up? 'shoal get' tells", e);
    } finally {
      stopped.countDown();
    }
  }

  private Events events(FeatureSet features, Schema record) {
    if (file != null) {
      String column = label != null ? label : record.getProp(PipelineDraft.LABEL_PROPERTY);
      return FileEvents.open(file, features, record, column);
    }
    return isBuiltIn() && record.equals(Transaction.getClassSchema())
        ? new SimulatedEvents(seed)
        : new InventedEvents(features, record, Clock.systemUTC(), seed);
  }

  private boolean isBuiltIn() {
    return target.pipeline().features().isEmpty();
  }

  private static int summary(EventSender sender, double seconds) {
    System.out.printf(
        "%,d events sent in %.0f s, %,.0f/s%n", sender.sent(), seconds, sender.sent() / seconds);
    if (sender.labelled() + sender.unknown() > 0) {
      System.out.printf(
          "%,d frauds reported; %,d are not known yet by the time of the last event%n",
          sender.labelled(), sender.unknown());
    }
    if (sender.leftOut() > 0) {
      System.err.printf("%,d rows left out, such as%n", sender.leftOut());
      sender.complaints().forEach(complaint -> System.err.println("  " + complaint));
    }
    return sender.sent() == 0 ? ShoalCommand.EXIT_FAILURE : 0;
  }

  private static Producer<String, byte[]> producer(KafkaAddresses kafka) {
    Map<String, Object> settings = kafka.client();
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MS);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    try {
      return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    } catch (KafkaException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new ConfigException("cannot use the Kafka of the pipeline: " + cause.getMessage(), e);
    }
  }

  private static void requireTopic(Producer<String, byte[]> producer, String topic) {
    try {
      var unused = producer.partitionsFor(topic);
    } catch (KafkaException e) {
      throw new ConfigException(
          "no broker tells of the topic %s within %d s (%s); is the pipeline up? 'shoal get' tells, 'shoal"
                  .formatted(topic, PATIENCE_MS / 1_000, e.getMessage())
              + " deploy' starts it, 'shoal doctor' looks deeper",
          e);
    }
  }

  private Schema schema(FeatureSet features, KafkaAddresses kafka, String topic) {
    if (schema != null) {
      return Columns.schema(schema);
    }
    Path beside =
        target
            .pipeline()
            .features()
            .map(set -> set.resolveSibling(features.source().topic() + ".avsc"))
            .orElse(null);
    if (beside != null && Files.exists(beside)) {
      return Columns.schema(beside);
    }
    return kafka
        .registry()
        .latest(kafka.topic(features.source().subject()))
        .or(() -> isBuiltIn() ? Optional.of(Transaction.getClassSchema()) : Optional.empty())
        .orElseThrow(
            () ->
                new ConfigException(
                    "no schema is known for the topic "
                        + topic
                        + "; give one with --schema, or let 'shoal init' write it"));
  }

  private double perSecond() {
    if (rate.equals(MAX)) {
      return Double.POSITIVE_INFINITY;
    }
    try {
      double perSecond = Double.parseDouble(rate);
      if (perSecond > 0 && perSecond <= 1e7) {
        return perSecond;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new ConfigException("--rate " + rate + ": give events per second, or max");
  }
}
