package io.shoal.features;

/**
 * One feature: what computes it, and the same in words, which enter the fingerprint.
 *
 * @param name unique within its set
 * @param description the formula in a canonical form; it must change when the formula does
 * @param resolution difference, in the feature's units, below which two values are alike to a
 *     person; of no influence on the values, so that it does not enter the fingerprint
 * @param formula allocates nothing
 */
record Feature(String name, String description, float resolution, Formula formula) {
  /** The value of a feature for one transaction and the aggregates of its entities. */
  @FunctionalInterface
  interface Formula {
    double value(long eventTimeMs, double amount, WindowState customer, WindowState terminal);
  }
}
