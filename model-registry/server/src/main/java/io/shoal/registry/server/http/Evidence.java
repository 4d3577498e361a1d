package io.shoal.registry.server.http;

import io.shoal.registry.client.AuditEntry;
import io.shoal.registry.client.AuditEntry.Action;
import io.shoal.registry.client.PromotionRequest;
import io.shoal.registry.client.VersionDetail;
import io.shoal.registry.server.store.AuditLog;
import io.shoal.registry.server.store.Stores;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one version in one document: where it comes from, what the gates said, who asked
 * and who approved, when it decided, and whether the log that says so is whole.
 *
 * @param writtenAt when this was put together
 * @param version with parameters, metrics, lineage, offsets, gates, tags and checksum
 * @param named when aliases named it, in the order of their beginnings
 * @param requests for promotion, with who asked and who decided, oldest first; {@value #ROWS_MAX}
 *     at most
 * @param changes the log's rows about it, oldest first; {@value #ROWS_MAX} at most
 * @param log the check of the whole log, with its seal
 */
record Evidence(
    Instant writtenAt,
    VersionDetail version,
    List<Named> named,
    List<PromotionRequest> requests,
    List<AuditEntry> changes,
    AuditLog.Integrity log) {

  private static final int ROWS_MAX = 10_000;

  /**
   * A time in which an alias named the version; the champion decides.
   *
   * @param until null while it does
   */
  record Named(String alias, Instant from, @Nullable Instant until) {}

  static Evidence of(Stores stores, VersionDetail detail, Instant now) {
    String model = detail.version().model();
    long version = detail.version().version();
    List<AuditEntry> changes = stores.log().about(model, version, ROWS_MAX);
    return new Evidence(
        now,
        detail,
        named(version, changes),
        stores.requests().about(model, version, ROWS_MAX),
        changes,
        stores.log().verify(null));
  }

  /** Each time begins and ends with a row that is about the version. */
  private static List<Named> named(long version, List<AuditEntry> changes) {
    List<Named> times = new ArrayList<>();
    Map<String, Integer> open = new LinkedHashMap<>();
    for (AuditEntry entry : changes) {
      if (!moves(entry.action())) {
        continue;
      }
      String alias = entry.alias();
      if (Objects.equals(entry.toVersion(), version)) {
        if (!open.containsKey(alias)) {
          open.put(alias, times.size());
          times.add(new Named(alias, entry.changedAt(), null));
        }
      } else if (open.containsKey(alias)) {
        int index = open.remove(alias);
        times.set(index, new Named(alias, times.get(index).from(), entry.changedAt()));
      }
    }
    return times;
  }

  private static boolean moves(Action action) {
    return action == Action.PROMOTE || action == Action.ROLLBACK || action == Action.REMOVE;
  }
}
