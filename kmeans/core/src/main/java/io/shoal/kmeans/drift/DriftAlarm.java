package io.shoal.kmeans.drift;

/**
 * Something to tell about drift.
 *
 * @param change what happened
 * @param cause which detector saw it; of an end, the one that saw it last
 * @param before mean score of distances before the rise, or the bound of the index
 * @param after mean score of distances since, or the index
 * @param events seen by the monitor so far
 */
public record DriftAlarm(Change change, Cause cause, double before, double after, long events) {
  /** What happened. */
  public enum Change {
    /** The stream is no longer what it was. */
    STARTED,
    /** For a while nothing was seen any more. */
    CLEARED
  }

  /** Which detector. */
  public enum Cause {
    /** Points lie further from their centres ({@link Adwin}). */
    DISTANCE,
    /** Clusters have other shares of the traffic ({@link PopulationStability}). */
    SHARES
  }
}
