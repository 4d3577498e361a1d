package io.shoal.local.deployment;

/** Where a deployment stands. */
public enum RunState {
  /** Its parts are coming up. */
  STARTING,
  /** All parts are up. */
  RUNNING,
  /** It failed and is started anew after a pause. */
  RESTARTING,
  /** It failed for a reason that only a person can mend; the message says which. */
  FAILED,
  /** Nothing runs, as it was told or because the machine was started anew. */
  STOPPED
}
