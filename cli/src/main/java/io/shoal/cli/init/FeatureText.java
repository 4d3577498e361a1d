package io.shoal.cli.init;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * The feature set of a draft, as a person would write it for such events: each number alone and
 * beside what is usual for the entity, how many events each entity has had in the last hour, and
 * how many different categories in a day. Where labels come, also the share of frauds among the
 * events of each entity.
 */
final class FeatureText {
  private final PipelineDraft draft;
  private final Roles roles;
  private final String entity;
  private final List<String> learned = new ArrayList<>();

  FeatureText(PipelineDraft draft) {
    this.draft = draft;
    this.roles = draft.roles();
    this.entity = entity(roles.entities().get(0));
  }

  @Override
  public String toString() {
    learned.clear();
    String features = features();
    return """
        # Features of %1$s, made by 'shoal init' from %2$s. docs/features.md explains the form.
        name: %1$s

        source:
          topic: %1$s   # the pipeline's prefix comes before it
          id: %3$s
          event_time: %4$s

        entities:   # the first is the key of the messages
        %5$s
        aggregates:
        %6$s
        features:
        %7$s
        model_features:   # what the model learns from
        %8$s"""
        .formatted(
            draft.name(),
            draft.from(),
            roles.idField(),
            roles.time(),
            lines("  %s: {key: %s}", roles.entities(), FeatureText::entity),
            aggregates(),
            features,
            String.join("", learned.stream().map(name -> "  - " + name + "\n").toList()));
  }

  private String aggregates() {
    StringBuilder text = new StringBuilder();
    text.append(line("%1$s_events: {entity: %1$s, function: count, windows: [1h]}", entity));
    for (String number : roles.numbers()) {
      text.append(
          line(
              "%1$s_%2$s_mean: {entity: %1$s, function: mean, of: {field: %3$s}, windows: [7d, 30d],"
                  + " missing: 0}",
              entity, identifier(number), number));
    }
    for (String category : roles.categories()) {
      text.append(
          line(
              "%1$s_%2$s: {entity: %1$s, function: distinct, of: {field: %3$s}, windows: [1d]}",
              entity, identifier(category), category));
    }
    for (String other : others()) {
      text.append(line("%1$s_events: {entity: %1$s, function: count, windows: [1h]}", other));
    }
    if (roles.label() != null) {
      for (String key : roles.entities()) {
        text.append(
            line(
                "%1$s_fraud_rate: {entity: %1$s, function: rate, over: labels, windows: [7d, 30d],"
                    + " delay: 7d, missing: 0}",
                entity(key)));
      }
    }
    return text.toString();
  }

  private String features() {
    StringBuilder text = new StringBuilder();
    for (String number : roles.numbers()) {
      String name = identifier(number);
      text.append(
          line(
              "- {name: %s, value: {field: %s}, resolution: %s}",
              learn(name), number, resolution(number)));
      text.append(line("- name: %s", learn(name + "_to_usual")));
      text.append(
          line(
              "  value: {clip: {of: {ratio: {of: {field: %s}, to: %s_%s_mean_30d, floor: %s}},"
                  + " min: 0, max: 20}}",
              number, entity, name, resolution(number)));
      text.append(line("  resolution: 0.1"));
      text.append(line("- name: %s", learn(name + "_week_to_month")));
      text.append(
          line(
              "  value: {ratio: {of: %1$s_%2$s_mean_7d, to: %1$s_%2$s_mean_30d, floor: %3$s}}",
              entity, name, resolution(number)));
      text.append(line("  resolution: 0.1"));
    }
    text.append(line("- {windows_of: %s_events, resolution: 1}", entity));
    learn(entity + "_events_1h");
    for (String category : roles.categories()) {
      text.append(
          line("- {name: %s, resolution: 1}", learn(entity + "_" + identifier(category) + "_1d")));
    }
    for (String other : others()) {
      text.append(line("- {windows_of: %s_events, resolution: 1}", other));
      learn(other + "_events_1h");
    }
    if (roles.label() != null) {
      for (String key : roles.entities()) {
        text.append(line("- {windows_of: %s_fraud_rate, resolution: 0.01}", entity(key)));
        learn(entity(key) + "_fraud_rate_7d");
        learn(entity(key) + "_fraud_rate_30d");
      }
    }
    return text.toString();
  }

  private List<String> others() {
    return roles.entities().stream().skip(1).map(FeatureText::entity).toList();
  }

  private String learn(String feature) {
    learned.add(feature);
    return feature;
  }

  /** A hundredth of what is usual, as a power of ten: below it two values are alike. */
  private String resolution(String number) {
    Column column =
        draft.columns().stream().filter(c -> c.name().equals(number)).findFirst().orElseThrow();
    double median = column.median();
    int power = median > 0 ? (int) Math.floor(Math.log10(median)) - 1 : 0;
    int least = column.kind() == Column.Kind.WHOLE ? 0 : -6;
    int rounded = Math.max(power, least);
    return String.format(Locale.ROOT, "%." + Math.max(-rounded, 0) + "f", Math.pow(10, rounded));
  }

  /** The column's name without what says only that it is a key. */
  static String entity(String column) {
    String name = column.replaceAll("(?i)_(id|uuid|key|number|nr|no)$|(?<=[a-z])(Id|ID)$", "");
    return identifier(name.isEmpty() ? column : name);
  }

  /** A column's name as feature sets name things: customerCountry is customer_country. */
  private static String identifier(String column) {
    String name = column.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    return Character.isLetter(name.charAt(0)) ? name : "c" + name;
  }

  private static String lines(String form, List<String> values, UnaryOperator<String> name) {
    StringBuilder text = new StringBuilder();
    values.forEach(v -> text.append(form.formatted(name.apply(v), v)).append('\n'));
    return text.toString();
  }

  private static String line(String form, Object... values) {
    return "  " + String.format(Locale.ROOT, form, values) + "\n";
  }
}
