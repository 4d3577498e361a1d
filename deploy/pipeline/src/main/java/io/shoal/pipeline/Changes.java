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
  private final boolean learningAnew;

  private Changes(List<String> lines, boolean learningAnew) {
    this.lines = lines;
    this.learningAnew = learningAnew;
  }

  /** What changes from one to the other. */
  public static Changes between(Pipeline before, Pipeline after) {
    List<String> lines = new ArrayList<>();
    boolean learningAnew = !fingerprint(before).equals(fingerprint(after));
    for (Service service : Service.values()) {
      SortedMap<String, String> old = before.options(service);
      SortedMap<String, String> now = after.options(service);
      SortedSet<String> names = new TreeSet<>(old.keySet());
      names.addAll(now.keySet());
      names.remove(TrainerConfig.FEATURES_FILE); // its contents count, not where it stands
      for (String name : names) {
        boolean differs = compare(service.word() + " " + name, old.get(name), now.get(name), lines);
        learningAnew |= differs && service == Service.TRAINER && isOfTheLearner(name);
      }
    }
    compare("features", fingerprint(before), fingerprint(after), lines);
    compare(
        "local port", String.valueOf(before.localPort()), String.valueOf(after.localPort()), lines);
    return new Changes(lines, learningAnew);
  }

  /** Whether nothing differs. */
  public boolean isEmpty() {
    return lines.isEmpty();
  }

  /**
   * Whether what was learned cannot be gone on from: the learner's parameters or its features are
   * others.
   */
  public boolean learningAnew() {
    return learningAnew;
  }

  /** A line for each. */
  @Override
  public String toString() {
    return String.join("", lines);
  }

  private static boolean isOfTheLearner(String option) {
    return option.startsWith("model.") && !option.equals(TrainerConfig.MODEL_KERNEL);
  }

  private static boolean compare(
      String what, @Nullable String before, @Nullable String after, List<String> lines) {
    String old = before == null ? DEFAULT : before;
    String now = after == null ? DEFAULT : after;
    if (old.equals(now)) {
      return false;
    }
    lines.add("  %s: %s -> %s%n".formatted(what, old, now));
    return true;
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
