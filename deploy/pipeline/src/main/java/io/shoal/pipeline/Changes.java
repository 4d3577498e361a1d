package io.shoal.pipeline;

import io.shoal.features.FeatureSet;
import io.shoal.jobs.TrainerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What differs between two states of a pipeline, by service and option. */
public final class Changes {
  private static final String DEFAULT = "(default)";

  private final List<String> lines;

  private Changes(List<String> lines) {
    this.lines = lines;
  }

  /** What changes from one to the other. */
  public static Changes between(Pipeline before, Pipeline after) {
    List<String> lines = new ArrayList<>();
    for (Service service : Service.values()) {
      SortedMap<String, String> old = before.options(service);
      SortedMap<String, String> now = after.options(service);
      SortedSet<String> names = new TreeSet<>(old.keySet());
      names.addAll(now.keySet());
      names.remove(TrainerConfig.FEATURES_FILE); // its contents count, not where it stands
      for (String name : names) {
        compare(service.word() + " " + name, old.get(name), now.get(name), lines);
      }
    }
    compare("features", fingerprint(before), fingerprint(after), lines);
    compare(
        "local port", String.valueOf(before.localPort()), String.valueOf(after.localPort()), lines);
    return new Changes(lines);
  }

  /** Whether nothing differs. */
  public boolean isEmpty() {
    return lines.isEmpty();
  }

  /** A line for each. */
  @Override
  public String toString() {
    return String.join("", lines);
  }

  private static void compare(
      String what, @Nullable String before, @Nullable String after, List<String> lines) {
    String old = before == null ? DEFAULT : before;
    String now = after == null ? DEFAULT : after;
    if (!old.equals(now)) {
      lines.add("  %s: %s -> %s%n".formatted(what, old, now));
    }
  }

  /** What a feature set computes: its file may have moved. */
  private static String fingerprint(Pipeline pipeline) {
    return pipeline
        .features()
        .map(FeatureSet::load)
        .map(FeatureSet::fingerprint)
        .orElse("card transactions");
  }
}
