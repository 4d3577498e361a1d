package io.shoal.pipeline;

import io.shoal.config.ConfigException;
import io.shoal.config.References;
import io.shoal.config.ServiceConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A pipeline as its file says; every option is known and, but for what it refers to, in bounds. */
public final class Pipeline {
  /** Port of a broker of its own unless the file says otherwise. */
  public static final int PORT_DEFAULT = 19_092;

  private final String name;
  private final String topicPrefix;
  private final Optional<Path> features;
  private final int localPort;
  private final Map<Service, SortedMap<String, String>> options;

  Pipeline(
      String name,
      String topicPrefix,
      Optional<Path> features,
      int localPort,
      Map<Service, SortedMap<String, String>> options) {
    this.name = name;
    this.topicPrefix = topicPrefix;
    this.features = features;
    this.localPort = localPort;
    this.options = new EnumMap<>(options);
  }

  /**
   * A pipeline that is made by a program, on the built-in feature set.
   *
   * @param options by service; a service that is missing takes its defaults
   */
  public static Pipeline of(
      String name, String topicPrefix, Map<Service, Map<String, String>> options) {
    Map<Service, SortedMap<String, String>> all = new EnumMap<>(Service.class);
    for (Service service : Service.values()) {
      SortedMap<String, String> values = new TreeMap<>(options.getOrDefault(service, Map.of()));
      values.put(ServiceConfig.TOPIC_PREFIX, topicPrefix);
      all.put(service, values);
    }
    return new Pipeline(name, topicPrefix, Optional.empty(), PORT_DEFAULT, all);
  }

  /**
   * Reads a file.
   *
   * @throws ConfigException when it cannot be read, or with one line for each thing that is wrong
   *     in it, with its position
   */
  public static Pipeline read(Path file) {
    try {
      return new PipelineReader(Files.readString(file), file).read();
    } catch (IOException e) {
      throw new ConfigException("cannot read the pipeline " + file + ": " + e, e);
    }
  }

  /** Its name; deployments are told apart by it. */
  public String name() {
    return name;
  }

  /** What stands before the name of every topic. */
  public String topicPrefix() {
    return topicPrefix;
  }

  /** File of the feature set; none for the card transactions of the demo. */
  public Optional<Path> features() {
    return features;
  }

  /** Port of a broker of its own; the next four are those of the other services. */
  public int localPort() {
    return localPort;
  }

  /** Whether the file says where Kafka is; without it a pipeline brings a broker of its own. */
  public boolean hasKafka() {
    return of(Service.SIDECAR).containsKey(ServiceConfig.BOOTSTRAP_SERVERS);
  }

  /** The options of a service as the file gives them, references unresolved. */
  public SortedMap<String, String> options(Service service) {
    return new TreeMap<>(of(service));
  }

  /**
   * The options of a service as it takes them.
   *
   * @throws ConfigException when something that the file refers to is not there
   */
  public Map<String, String> resolved(Service service) {
    return References.resolve(of(service));
  }

  private SortedMap<String, String> of(Service service) {
    return Objects.requireNonNull(options.get(service));
  }
}
