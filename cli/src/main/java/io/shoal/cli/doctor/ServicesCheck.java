package io.shoal.cli.doctor;

import io.shoal.config.ConfigException;
import io.shoal.features.FeatureSet;
import io.shoal.features.RecordReader;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.SchemaRegistryUnavailableException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/** Looks at what a pipeline reaches by HTTP: registries, schemas, their clocks. */
public final class ServicesCheck {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration SKEW_MAX = Duration.ofSeconds(5);
  private static final int CLIENT_ERROR = 400;

  private final Clock clock;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

  /** A check by this clock. */
  public ServicesCheck(Clock clock) {
    this.clock = clock;
  }

  /**
   * What is found of a schema registry, and of the newest schema of a subject in it.
   *
   * @param url Confluent-compatible base URL
   */
  public List<Finding> schemas(String url, String subject, FeatureSet features)
      throws InterruptedException {
    List<Finding> findings =
        service("schema registry", url, "/subjects", "check schema.registry.url");
    if (findings.get(0).state() == Finding.State.OK) {
      findings.add(schema(SchemaRegistry.at(url), subject, features));
    }
    return findings;
  }

  /** What is found of a service of the pipeline that tells of its health. */
  public List<Finding> service(String name, String url) throws InterruptedException {
    return service(name, url, "/health", "'shoal logs NAME' tells what ails it");
  }

  private List<Finding> service(String name, String url, String path, String mend)
      throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    try {
      HttpResponse<Void> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(url + path)).timeout(PATIENCE).build(),
              HttpResponse.BodyHandlers.discarding());
      Instant now = clock.instant();
      findings.add(
          answer.statusCode() < CLIENT_ERROR
              ? Finding.ok(name, url)
              : Finding.failure(name, url + " answers " + answer.statusCode(), mend));
      answer
          .headers()
          .firstValue("date")
          .flatMap(date -> skew(name, date, now))
          .ifPresent(findings::add);
    } catch (IOException | IllegalArgumentException e) {
      findings.add(
          Finding.failure(
              name,
              url + " does not answer (" + e + ")",
              mend + "; is the pipeline up? 'shoal get' tells"));
    }
    return findings;
  }

  /** A clock that is wrong puts events of today into the windows of another day. */
  private static Optional<Finding> skew(String name, String date, Instant now) {
    Instant theirs;
    try {
      theirs = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
    Duration skew = Duration.between(theirs, now).abs();
    return skew.compareTo(SKEW_MAX) <= 0
        ? Optional.empty()
        : Optional.of(
            Finding.warning(
                "clocks",
                "this machine and the %s are %d s apart".formatted(name, skew.toSeconds()),
                "let both follow a time server (chrony, systemd-timesyncd)"));
  }

  private static Finding schema(SchemaRegistry registry, String subject, FeatureSet features) {
    try {
      Schema schema = registry.latest(subject).orElse(null);
      if (schema == null) {
        return Finding.warning(
            "schema",
            "none is registered under " + subject + ": nobody has produced yet",
            "'shoal produce' registers one, and so does every Confluent producer");
      }
      new RecordReader(features, schema);
      return Finding.ok("schema", schema.getFullName() + " fits the features " + features.name());
    } catch (ConfigException e) {
      return Finding.failure(
          "schema",
          String.valueOf(e.getMessage()),
          "change the features, or produce with a schema that has these fields");
    } catch (SchemaRegistryUnavailableException e) {
      return Finding.failure("schema", String.valueOf(e.getMessage()), "check schema.registry.url");
    }
  }
}
