package io.shoal.local.traffic;

import java.util.Arrays;
import java.util.BitSet;

/**
 * One day of simulated traffic in event-time order, in flat arrays that are used again for the next
 * day. Times of day are normal around noon with a standard deviation of 20,000 s (those outside the
 * day are left out). Frauds: any amount above 220; every payment at a compromised terminal; a third
 * of the payments of a leaked customer, five times the amount.
 */
final class SimulatedDay {
  static final byte LEGITIMATE = 0;
  static final byte HIGH_AMOUNT = 1;
  static final byte COMPROMISED_TERMINAL = 2;
  static final byte LEAKED_CUSTOMER = 3;

  private static final int DAY_S = 86_400;
  private static final double TIME_DEVIATION_S = 20_000;
  private static final double HIGH_AMOUNT_FROM = 220;
  private static final double LEAK_SHARE = 1.0 / 3;
  private static final double LEAK_FACTOR = 5;

  private final SimulatedWorld world;
  private final BitSet compromisedTerminals = new BitSet();
  private final BitSet leakedCustomers = new BitSet();

  /** Second of the day in the upper half, place in the other arrays in the lower. */
  private long[] order;

  private int[] customers;
  private int[] terminals;
  private double[] amounts;
  private byte[] scenarios;
  private int size;

  SimulatedDay(SimulatedWorld world) {
    this.world = world;
    int expected = 3 * world.parameters().customers();
    order = new long[expected];
    customers = new int[expected];
    terminals = new int[expected];
    amounts = new double[expected];
    scenarios = new byte[expected];
  }

  /** Draws a day, 0 being the first. */
  void generate(long day) {
    size = 0;
    world.compromisedTerminals(day, compromisedTerminals);
    world.leakedCustomers(day, leakedCustomers);
    SimulationRandom random = world.traffic(day);
    for (int customer = 0; customer < world.parameters().customers(); customer++) {
      int[] reach = world.terminalsInReach(customer);
      int count = random.poisson(world.expMinusDailyMean(customer));
      for (int i = 0; i < count && reach.length > 0; i++) {
        int second = (int) (DAY_S / 2 + TIME_DEVIATION_S * random.gaussian());
        if (second > 0 && second < DAY_S) {
          add(random, second, customer, reach[random.below(reach.length)]);
        }
      }
    }
    Arrays.sort(order, 0, size);
  }

  int size() {
    return size;
  }

  int second(int place) {
    return (int) (order[place] >>> 32);
  }

  int customer(int place) {
    return customers[(int) order[place]];
  }

  int terminal(int place) {
    return terminals[(int) order[place]];
  }

  double amount(int place) {
    return amounts[(int) order[place]];
  }

  byte scenario(int place) {
    return scenarios[(int) order[place]];
  }

  private void add(SimulationRandom random, int second, int customer, int terminal) {
    double mean = world.meanAmount(customer);
    double amount = mean + mean / 2 * random.gaussian();
    amount = cents(amount < 0 ? random.uniform(0, 2 * mean) : amount);
    byte scenario = amount > HIGH_AMOUNT_FROM ? HIGH_AMOUNT : LEGITIMATE;
    if (compromisedTerminals.get(terminal)) {
      scenario = COMPROMISED_TERMINAL;
    }
    if (leakedCustomers.get(customer) && random.uniform() < LEAK_SHARE) {
      scenario = LEAKED_CUSTOMER;
      amount = cents(LEAK_FACTOR * amount);
    }
    if (size == order.length) {
      grow();
    }
    order[size] = (long) second << 32 | size;
    customers[size] = customer;
    terminals[size] = terminal;
    amounts[size] = amount;
    scenarios[size++] = scenario;
  }

  private void grow() {
    int capacity = 2 * size;
    order = Arrays.copyOf(order, capacity);
    customers = Arrays.copyOf(customers, capacity);
    terminals = Arrays.copyOf(terminals, capacity);
    amounts = Arrays.copyOf(amounts, capacity);
    scenarios = Arrays.copyOf(scenarios, capacity);
  }

  private static double cents(double amount) {
    return Math.round(100 * amount) / 100.0;
  }
}
