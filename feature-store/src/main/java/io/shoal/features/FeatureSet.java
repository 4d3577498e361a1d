package io.shoal.features;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * An ordered list of named features, each a formula over one transaction and the window aggregates
 * of its customer and its terminal.
 *
 * <p>Every value is finite for a finite amount: a result outside the range of a float is clamped to
 * its bounds. Immutable and thread-safe; the {@link WindowState}s handed in are not.
 */
public final class FeatureSet {
  private final String name;
  private final Duration hop;
  private final Duration customerReach;
  private final Duration terminalReach;
  private final Feature[] features;
  private final List<String> names;
  private final List<String> modelFeatures;
  private final String fingerprint;

  FeatureSet(
      String name,
      Duration hop,
      Duration customerReach,
      Duration terminalReach,
      List<Feature> features,
      List<String> modelFeatures) {
    this.name = name;
    this.hop = hop;
    this.customerReach = customerReach;
    this.terminalReach = terminalReach;
    this.features = features.toArray(new Feature[0]);
    this.names = features.stream().map(Feature::name).toList();
    this.modelFeatures = List.copyOf(modelFeatures);
    this.fingerprint = sha256(canonicalForm()).substring(0, 16);
    indexesOf(modelFeatures);
  }

  /**
   * The features of card transactions after the <i>Reproducible Machine Learning for Credit Card
   * Fraud Detection</i> handbook (Le Borgne, Siblini, Lebichot, Bontempi; chapter 3), with three
   * relative ones added:
   *
   * <table>
   * <caption>Features in order</caption>
   * <tr><th>name</th><th>value</th></tr>
   * <tr><td>{@code amount}</td><td>as it is</td></tr>
   * <tr><td>{@code amount_to_customer_mean_30d}</td>
   *     <td>{@code ln(max(amount, 0.01) / max(customer_mean_30d, 0.01))}</td></tr>
   * <tr><td>{@code customer_count_1d, _7d, _30d}</td>
   *     <td>the customer's transactions in the window, this one included</td></tr>
   * <tr><td>{@code customer_mean_1d, _7d, _30d}</td><td>their mean amount; 0 without any</td></tr>
   * <tr><td>{@code weekend}</td><td>1 on Saturday and Sunday, else 0 (UTC)</td></tr>
   * <tr><td>{@code night}</td><td>1 when the hour is 0 to 6, else 0 (UTC)</td></tr>
   * <tr><td>{@code terminal_count_1d, _7d, _30d}</td>
   *     <td>the terminal's transactions in the window that ended 7 days ago</td></tr>
   * <tr><td>{@code terminal_fraud_rate_1d, _7d, _30d}</td>
   *     <td>share of them that was fraud; 0 without any</td></tr>
   * <tr><td>{@code customer_mean_7d_to_30d}</td>
   *     <td>{@code max(customer_mean_7d, 0.01) / max(customer_mean_30d, 0.01)}</td></tr>
   * </table>
   *
   * <p>Nothing leaks from the future: whether a transaction was a fraud is known only 7 days after
   * it, and the terminal's windows end 7 days before the transaction at hand, the hop cut there
   * left out. So every label that a rate needs has come by the time that the rate is computed. A
   * label that comes later still counts from then on, and a rate computed before took its
   * transaction for legitimate, in the stream as in any replay that keeps the time at which labels
   * came.
   */
  public static FeatureSet cardTransactions() {
    return CardTransactionFeatures.SET;
  }

  /** The features' names, in the order of the vector. */
  public List<String> names() {
    return names;
  }

  /** Length of the vector. */
  public int dimension() {
    return features.length;
  }

  /** The names of those features that a model learns from unless told otherwise. */
  public List<String> modelFeatures() {
    return modelFeatures;
  }

  /**
   * Where these features stand in the vector.
   *
   * @throws IllegalArgumentException when a name is not of this set
   */
  public int[] indexesOf(List<String> wanted) {
    return wanted.stream().mapToInt(this::indexOf).toArray();
  }

  /**
   * Differences, in each feature's units, below which two values are alike to a person: a learner's
   * scales should not be smaller.
   *
   * @throws IllegalArgumentException when a name is not of this set
   */
  public List<Float> resolutionsOf(List<String> wanted) {
    return wanted.stream().map(feature -> features[indexOf(feature)].resolution()).toList();
  }

  private int indexOf(String wanted) {
    int index = names.indexOf(wanted);
    if (index < 0) {
      throw new IllegalArgumentException(
          "the feature set %s has no feature '%s'; it has %s"
              .formatted(name, wanted, String.join(", ", names)));
    }
    return index;
  }

  /**
   * Tells this set from every other that would give other numbers: the first 16 hexadecimal digits
   * of the SHA-256 of its names, formulas, windows, hop and version. It travels with every vector,
   * model and prediction.
   */
  public String fingerprint() {
    return fingerprint;
  }

  /** An empty state for a customer, with the hop and reach that this set needs. */
  public WindowState newCustomerState() {
    return new WindowState(hop, customerReach);
  }

  /** An empty state for a terminal, with the hop and reach that this set needs. */
  public WindowState newTerminalState() {
    return new WindowState(hop, terminalReach);
  }

  /**
   * Computes the vector of one transaction; allocates nothing.
   *
   * @param eventTimeMs milliseconds since 1970-01-01T00:00Z
   * @param amount finite
   * @param customer aggregates of its customer; the transaction itself must have been added
   * @param terminal aggregates of its terminal; whether the transaction itself has been added makes
   *     no difference
   * @param out receives the values, {@code [dimension()]}
   * @throws IllegalArgumentException when the amount is not finite or {@code out} has another
   *     length
   */
  public void compute(
      long eventTimeMs, double amount, WindowState customer, WindowState terminal, float[] out) {
    if (!Double.isFinite(amount)) {
      throw new IllegalArgumentException("the amount is not a finite number: " + amount);
    }
    if (out.length != features.length) {
      throw new IllegalArgumentException(
          "the vector has %d places for %d features".formatted(out.length, features.length));
    }
    for (int i = 0; i < out.length; i++) {
      double value = features[i].formula().value(eventTimeMs, amount, customer, terminal);
      out[i] = (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, value));
    }
  }

  private String canonicalForm() {
    StringBuilder form = new StringBuilder();
    form.append("shoal feature set, version 1\n").append(name).append('\n');
    form.append("hop ").append(hop).append('\n');
    Arrays.stream(features)
        .forEach(f -> form.append(f.name()).append(" = ").append(f.description()).append('\n'));
    return form.toString();
  }

  private static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
