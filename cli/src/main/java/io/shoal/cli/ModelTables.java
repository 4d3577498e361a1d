package io.shoal.cli;

import io.shoal.registry.client.AuditEntry;
import io.shoal.registry.client.GateResult;
import io.shoal.registry.client.ModelAlias;
import io.shoal.registry.client.ModelDiff;
import io.shoal.registry.client.ModelRegistryClient.Integrity;
import io.shoal.registry.client.PromotionRequest;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.client.RegisteredVersion.State;
import io.shoal.registry.client.VersionDetail;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the registry says, as tables for people. */
final class ModelTables {
  private static final int CLUSTERS_SHOWN = 10;

  private ModelTables() {}

  static String models(List<String> models) {
    return models.stream().map(model -> model + "%n").collect(Collectors.joining()).formatted();
  }

  static String versions(List<RegisteredVersion> versions, List<ModelAlias> aliases) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("VERSION", "STATE", "REGISTERED", "LEARNED UP TO", "JOB", "ALIASES"));
    for (RegisteredVersion version : versions) {
      String named =
          aliases.stream()
              .filter(alias -> alias.version() == version.version())
              .map(ModelAlias::alias)
              .collect(Collectors.joining(", "));
      String state = version.pruned() ? version.state() + " (pruned)" : version.state().name();
      rows.add(
          List.of(
              String.valueOf(version.version()),
              state,
              time(version.registeredAt()),
              time(version.eventTime()),
              version.jobId() + "/" + version.sequence(),
              named));
    }
    return table(rows);
  }

  static String detail(VersionDetail detail) {
    RegisteredVersion version = detail.version();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("version", version.model() + " " + version.version());
    facts.put("state", version.state());
    if (version.state() == State.REJECTED) {
      facts.put("reason", version.reason());
    }
    facts.put("aliases", String.join(", ", detail.aliases()));
    facts.put("registered", time(version.registeredAt()));
    facts.put("learned up to", time(version.eventTime()));
    facts.put("job", version.jobId() + ", sequence " + version.sequence());
    facts.put("checksum", version.checksum());
    facts.put("feature set", version.fingerprint());
    facts.put("clusters", detail.clusters());
    facts.put("features", detail.features() == null ? null : String.join(", ", detail.features()));
    facts.put("lineage", sorted(detail.lineage()));
    facts.put("parameters", sorted(detail.parameters()));
    facts.put("metrics", sorted(detail.metrics()));
    StringBuilder text = new StringBuilder();
    facts.forEach(
        (name, fact) -> {
          if (fact != null && !fact.toString().isEmpty()) {
            text.append(String.format(Locale.ROOT, "%-14s %s%n", name, fact));
          }
        });
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("GATE", "OUTCOME", "MEASURED", "BOUND", "DETAIL"));
    for (GateResult gate : detail.gates()) {
      rows.add(
          List.of(
              gate.gate(),
              gate.outcome().name(),
              number(gate.measured()),
              number(gate.bound()),
              gate.detail()));
    }
    return text + table(rows);
  }

  static String diff(ModelDiff diff) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s %d -> %d: centres moved %.4f scales on average; %d born %s, %d dead %s%n",
            diff.model(),
            diff.from(),
            diff.to(),
            diff.meanMovement(),
            diff.born().size(),
            diff.born(),
            diff.dead().size(),
            diff.dead()));
    List<List<String>> clusters = new ArrayList<>();
    clusters.add(List.of("CLUSTER", "MOVED", "MOST IN", "TRAFFIC BEFORE", "AFTER"));
    diff.moved().stream()
        .limit(CLUSTERS_SHOWN)
        .forEach(
            c ->
                clusters.add(
                    List.of(
                        String.valueOf(c.id()),
                        number(c.distance()),
                        c.feature(),
                        percent(c.weightFrom()),
                        percent(c.weightTo()))));
    List<List<String>> scales = new ArrayList<>();
    scales.add(List.of("FEATURE", "SCALE BEFORE", "AFTER"));
    diff.scales().forEach(s -> scales.add(List.of(s.feature(), number(s.from()), number(s.to()))));
    return text + table(clusters) + table(scales);
  }

  static String alias(@Nullable ModelAlias alias) {
    if (alias == null) {
      return "";
    }
    return String.format(
        Locale.ROOT,
        "%s of %s is version %d%s%n",
        alias.alias(),
        alias.model(),
        alias.version(),
        alias.pinned() ? ", pinned: the automatic policy keeps off" : "");
  }

  static String request(PromotionRequest request) {
    String ask =
        String.format(
            Locale.ROOT,
            "request %d: %s of %s to version %d, asked by %s (%s): %s%n",
            request.id(),
            request.alias(),
            request.model(),
            request.version(),
            request.askedBy(),
            request.askedWhy(),
            request.state());
    return request.state() == PromotionRequest.State.PENDING
        ? ask
            + String.format(
                "another person: shoal models approve --model %s %d --reason ...%n",
                request.model(), request.id())
        : ask;
  }

  static String audit(List<AuditEntry> entries) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ID", "WHEN", "WHO", "WHAT", "ALIAS", "FROM", "TO", "WHY"));
    for (AuditEntry entry : entries) {
      rows.add(
          List.of(
              String.valueOf(entry.id()),
              time(entry.changedAt()),
              entry.changedBy(),
              entry.action().name(),
              entry.alias(),
              entry.fromVersion() == null ? "-" : String.valueOf(entry.fromVersion()),
              entry.toVersion() == null ? "-" : String.valueOf(entry.toVersion()),
              entry.reason()));
    }
    return table(rows);
  }

  static String integrity(Integrity integrity, @Nullable String seal) {
    if (integrity.brokenAt() != null) {
      return String.format(
          Locale.ROOT,
          "the log is BROKEN at row %d: it or the one before it was changed or removed%n",
          integrity.brokenAt());
    }
    if (seal != null && integrity.sealedAt() == null) {
      return String.format(
          "the log was WRITTEN ANEW or cut off: its rows fit each other, but none has the seal %s%n",
          seal);
    }
    return String.format(
        Locale.ROOT,
        "the log is whole: %,d rows%s, seal %s%n",
        integrity.rows(),
        seal == null ? "" : ", those up to " + integrity.sealedAt() + " as the given seal says",
        integrity.lastHash());
  }

  /** Columns as wide as their widest cell; the last as it comes. */
  private static String table(List<List<String>> rows) {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns - 1; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(row.get(i))
            .append(" ".repeat(Math.max(0, widths[i] - row.get(i).length()) + 2));
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
  }

  private static @Nullable Map<String, ?> sorted(@Nullable Map<String, ?> map) {
    return map == null || map.isEmpty() ? null : new TreeMap<>(map);
  }

  private static String time(Instant moment) {
    return moment.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String number(@Nullable Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, "%.4g", value);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }
}
