package io.shoal.local.traffic;

import java.time.LocalDate;

/**
 * The size and the beginning of the simulated world.
 *
 * @param customers who pay, with ids from 0
 * @param terminals where they pay, with ids from 0
 * @param start day 0 of the simulation
 * @param seed of everything that is drawn
 */
public record SimulationParameters(int customers, int terminals, LocalDate start, long seed) {
  private static final int ENTITIES_MAX = 1_000_000;

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException when there are no customers or terminals, or more than a
   *     million
   */
  public SimulationParameters {
    requireWithinBounds("customers", customers);
    requireWithinBounds("terminals", terminals);
  }

  /** The handbook's world: 5,000 customers, 10,000 terminals, from 2018-04-01. */
  public static SimulationParameters handbook(long seed) {
    return new SimulationParameters(5_000, 10_000, LocalDate.of(2018, 4, 1), seed);
  }

  private static void requireWithinBounds(String name, int count) {
    if (count < 1 || count > ENTITIES_MAX) {
      throw new IllegalArgumentException(
          name + " " + count + ": must be within 1.." + ENTITIES_MAX);
    }
  }
}
