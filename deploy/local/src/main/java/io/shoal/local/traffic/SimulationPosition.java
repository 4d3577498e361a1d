package io.shoal.local.traffic;

/**
 * How far the simulation has come.
 *
 * @param seed of the simulation
 * @param day the current day, from 0
 * @param dayId id of the day's first transaction
 * @param nextId id of the next transaction
 */
public record SimulationPosition(long seed, long day, long dayId, long nextId) {
  /** The beginning. */
  public static SimulationPosition start(long seed) {
    return new SimulationPosition(seed, 0, 0, 0);
  }

  /**
   * @throws IllegalArgumentException when a number is negative or the next id is before the day's
   *     first
   */
  public SimulationPosition {
    if (day < 0 || dayId < 0 || nextId < dayId) {
      throw new IllegalArgumentException(
          "no position: day " + day + ", first id " + dayId + ", next id " + nextId);
    }
  }

  /**
   * This position for a simulation with another seed: the next day, with the next id, so that
   * neither event time nor ids go back.
   */
  public SimulationPosition withSeed(long newSeed) {
    return newSeed == seed ? this : new SimulationPosition(newSeed, day + 1, nextId, nextId);
  }
}
