package io.shoal.local.demo;

/** Where a run of the demo stands. */
public enum DemoState {
  /** Transactions are being sent. */
  FEEDING,
  /** All is sent; the last predictions are awaited. */
  DRAINING,
  /** Everything sent was answered, or the run was stopped. */
  FINISHED,
  /** The run ended early; the summary's failure says why. */
  FAILED
}
