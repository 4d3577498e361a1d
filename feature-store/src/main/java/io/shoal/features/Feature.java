package io.shoal.features;

/**
 * One feature: what computes it, and the same in words, which enter the fingerprint.
 *
 * @param name unique within its set
 * @param description the formula in a canonical form; it must change when the formula does
 * @param formula allocates nothing
 */
record Feature(String name, String description, Formula formula) {
  /** The value of a feature for one transaction and the aggregates of its entities. */
  @FunctionalInterface
  interface Formula {
    double value(long eventTimeMs, double amount, WindowState customer, WindowState terminal);
  }
}
