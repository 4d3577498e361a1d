package io.shoal.local.traffic;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The customers and terminals of the simulation, and which of them are compromised on a day. As in
 * the Fraud Detection Handbook (Le Borgne, Siblini, Lebichot, Bontempi 2022, chapter 3): both lie
 * uniformly in a square of side 100; a customer pays at the terminals within a radius of 5, a mean
 * amount uniform in 5..100 (standard deviation half of it), and 0..4 times a day on average.
 */
final class SimulatedWorld {
  static final int TERMINALS_COMPROMISED_PER_DAY = 2;
  static final int CUSTOMERS_LEAKED_PER_DAY = 3;

  private static final int TERMINAL_COMPROMISED_DAYS = 28;
  private static final int CUSTOMER_LEAKED_DAYS = 14;
  private static final double SIDE = 100;
  private static final double RADIUS = 5;
  private static final int CUSTOMERS = 1;
  private static final int TERMINALS = 2;
  private static final int COMPROMISED_TERMINALS = 3;
  private static final int LEAKED_CUSTOMERS = 4;
  private static final int TRAFFIC = 5;

  private final SimulationParameters parameters;
  private final String[] customerIds;
  private final String[] terminalIds;
  private final double[] meanAmounts;
  private final double[] expMinusDailyMeans;
  private final int[][] terminalsInReach;

  SimulatedWorld(SimulationParameters parameters) {
    this.parameters = parameters;
    int customers = parameters.customers();
    this.customerIds = ids(customers);
    this.terminalIds = ids(parameters.terminals());
    this.meanAmounts = new double[customers];
    this.expMinusDailyMeans = new double[customers];
    this.terminalsInReach = new int[customers][];
    SimulationRandom random = new SimulationRandom(parameters.seed(), TERMINALS, 0);
    double[] terminalX = new double[parameters.terminals()];
    double[] terminalY = new double[parameters.terminals()];
    for (int t = 0; t < terminalX.length; t++) {
      terminalX[t] = random.uniform(0, SIDE);
      terminalY[t] = random.uniform(0, SIDE);
    }
    random = new SimulationRandom(parameters.seed(), CUSTOMERS, 0);
    int[] near = new int[terminalX.length];
    for (int c = 0; c < customers; c++) {
      double x = random.uniform(0, SIDE);
      double y = random.uniform(0, SIDE);
      meanAmounts[c] = random.uniform(5, 100);
      expMinusDailyMeans[c] = StrictMath.exp(-random.uniform(0, 4));
      int count = 0;
      for (int t = 0; t < terminalX.length; t++) {
        double dx = terminalX[t] - x;
        double dy = terminalY[t] - y;
        if (dx * dx + dy * dy < RADIUS * RADIUS) {
          near[count++] = t;
        }
      }
      terminalsInReach[c] = Arrays.copyOf(near, count);
    }
  }

  SimulationParameters parameters() {
    return parameters;
  }

  String customerId(int customer) {
    return customerIds[customer];
  }

  String terminalId(int terminal) {
    return terminalIds[terminal];
  }

  double meanAmount(int customer) {
    return meanAmounts[customer];
  }

  /** e to the power of minus the customer's mean number of transactions per day. */
  double expMinusDailyMean(int customer) {
    return expMinusDailyMeans[customer];
  }

  /** Where the customer pays; may be empty. */
  int[] terminalsInReach(int customer) {
    return terminalsInReach[customer];
  }

  /** The random numbers of one day's traffic. */
  SimulationRandom traffic(long day) {
    return new SimulationRandom(parameters.seed(), TRAFFIC, day);
  }

  /** Marks the terminals whose transactions are all fraudulent that day. */
  void compromisedTerminals(long day, BitSet marks) {
    mark(
        marks,
        COMPROMISED_TERMINALS,
        day,
        TERMINAL_COMPROMISED_DAYS,
        parameters.terminals(),
        TERMINALS_COMPROMISED_PER_DAY);
  }

  /** Marks the customers whose credentials are leaked that day. */
  void leakedCustomers(long day, BitSet marks) {
    mark(
        marks,
        LEAKED_CUSTOMERS,
        day,
        CUSTOMER_LEAKED_DAYS,
        parameters.customers(),
        CUSTOMERS_LEAKED_PER_DAY);
  }

  /** Each day's draw depends on seed and day alone; a state is the union of the last draws. */
  private void mark(BitSet marks, int purpose, long day, int days, int of, int perDay) {
    marks.clear();
    for (long drawn = Math.max(0, day - days + 1); drawn <= day; drawn++) {
      SimulationRandom random = new SimulationRandom(parameters.seed(), purpose, drawn);
      for (int i = 0; i < perDay; i++) {
        marks.set(random.below(of));
      }
    }
  }

  private static String[] ids(int count) {
    String[] ids = new String[count];
    Arrays.setAll(ids, String::valueOf);
    return ids;
  }
}
