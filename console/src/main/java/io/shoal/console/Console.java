package io.shoal.console;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.annotation.JacksonRequestConverterFunction;
import com.linecorp.armeria.server.annotation.JacksonResponseConverterFunction;
import com.linecorp.armeria.server.encoding.EncodingService;
import io.shoal.console.http.LetterApi;
import io.shoal.console.http.ModelApi;
import io.shoal.console.http.StateFeed;
import io.shoal.console.http.StateView;
import io.shoal.console.http.StreamApi;
import io.shoal.console.http.TrainApi;
import io.shoal.console.http.TransactionApi;
import io.shoal.console.model.Histories;
import io.shoal.console.model.VersionCache;
import io.shoal.console.store.ConsoleDatabase;
import io.shoal.console.store.Drifts;
import io.shoal.console.store.Letters;
import io.shoal.console.store.Predictions;
import io.shoal.console.store.Qualities;
import io.shoal.console.store.Rates;
import io.shoal.console.store.Shadows;
import io.shoal.console.store.Writer;
import io.shoal.console.stream.ConsoleKafka;
import io.shoal.console.stream.HealthWatch;
import io.shoal.console.stream.Live;
import io.shoal.console.stream.Retries;
import io.shoal.console.stream.SourceLookup;
import io.shoal.console.stream.StreamReader;
import io.shoal.console.train.Workbench;
import io.shoal.features.FeatureSet;
import io.shoal.registry.server.RegistryConfig;
import io.shoal.registry.server.RegistryExtension.Context;
import io.shoal.registry.server.RegistryExtension.Part;
import io.shoal.registry.server.http.RegistryHttp;
import io.shoal.registry.server.pipeline.Worker;
import io.shoal.registry.server.store.Stores;
import io.shoal.schemas.GenericAvroDeserializer;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;

/** The console's parts: what reads the stream, what remembers it, what answers the page. */
final class Console implements Part {
  private static final String FOLDER = "console";
  private static final int LOOKUP_RECORDS = 2_000;

  private final ConsoleDatabase database;
  private final List<Worker> workers;
  private final SourceLookup lookup;
  private final Retries retries;
  private final Workbench workbench;
  private final JsonMapper json = RegistryHttp.json();
  private final List<Object> apis;

  Console(Context context) {
    RegistryConfig config = context.config();
    Topics topics = config.topics();
    Clock clock = context.clock();
    Stores stores = context.stores();
    SchemaRegistry schemas =
        SchemaRegistry.at(config.getString(RegistryConfig.SCHEMA_REGISTRY_URL));
    ConsoleKafka kafka = new ConsoleKafka(config);
    List<FeatureSet> featureSets = config.featureSets();
    List<String> sources =
        Stream.concat(
                Stream.of(topics.transactions()),
                featureSets.stream().map(set -> topics.source(set.source().topic())))
            .distinct()
            .toList();
    int rows = config.getInt(RegistryConfig.CONSOLE_PREDICTIONS);
    this.database =
        new ConsoleDatabase(Path.of(config.getString(RegistryConfig.DATA_DIR)).resolve(FOLDER));
    Jdbi jdbi = database.jdbi();
    Live live = new Live();
    StreamReader reader =
        new StreamReader(
            kafka.consumer(StreamReader.RECORDS_MAX),
            schemas,
            topics,
            new Writer(jdbi, rows),
            live,
            rows,
            config.getInt(RegistryConfig.CONSOLE_RATE),
            clock);
    VersionCache versions = new VersionCache(stores);
    HealthWatch health =
        new HealthWatch(kafka, schemas, stores, versions, topics, sources, live, clock);
    Predictions predictions = new Predictions(jdbi);
    Rates rates = new Rates(jdbi);
    Shadows shadows = new Shadows(jdbi);
    Drifts drifts = new Drifts(jdbi);
    Letters letters = new Letters(jdbi);
    StateView view =
        new StateView(stores, live, health, rates, predictions, drifts, letters, clock);
    StateFeed feed = new StateFeed(view, json);
    this.workers = List.of(reader, health, feed);
    this.lookup = new SourceLookup(kafka.consumer(LOOKUP_RECORDS), schemas, topics);
    this.retries = new Retries(kafka, sources, topics);
    this.workbench = new Workbench(context.registrar(), featureSets, context.changed(), clock);
    this.apis =
        List.of(
            new StreamApi(
                view, feed, rates, predictions, new Qualities(jdbi), shadows, drifts, clock),
            new TransactionApi(predictions, shadows, lookup, versions, featureSets),
            new LetterApi(letters, new GenericAvroDeserializer(schemas), retries, clock),
            new ModelApi(new Histories(stores, versions)),
            new TrainApi(workbench, json));
  }

  void addTo(ServerBuilder server) {
    for (Object api : apis) {
      server
          .annotatedService()
          .pathPrefix("/api/v1/console")
          .useBlockingTaskExecutor(true)
          .decorator(EncodingService.newDecorator())
          .requestConverters(new JacksonRequestConverterFunction(json))
          .responseConverters(new JacksonResponseConverterFunction(json))
          .build(api);
    }
  }

  @Override
  public void start() {
    workers.forEach(Worker::start);
  }

  @Override
  public void close() {
    workers.forEach(Worker::stop);
    workers.forEach(Worker::close);
    workbench.close();
    lookup.close();
    retries.close();
    database.close();
  }
}
