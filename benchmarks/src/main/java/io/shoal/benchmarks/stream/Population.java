package io.shoal.benchmarks.stream;

import io.shoal.schemas.avro.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/**
 * Who pays where: customers and terminals at random. Each customer pays twice a day, as in the
 * sample data, so that its state is as large as there.
 */
record Population(int customers, int terminals) {
  /** That of the sample data. */
  static final Population SAMPLE = new Population(5_000, 10_000);

  /** A million entities, each as active as those of the sample data. */
  static final Population MILLION = new Population(333_333, 666_667);

  private static final int PER_DAY = 2;

  /** Mean time between two transactions. */
  Duration apart() {
    return Duration.ofDays(1).dividedBy((long) PER_DAY * customers);
  }

  static String customer(int number) {
    return "c" + number;
  }

  static String terminal(int number) {
    return "m" + number;
  }

  /** Transactions by their number, which is part of their id; always the same. */
  IntFunction<Transaction> transactions(String prefix, IntFunction<Instant> eventTime) {
    return number -> {
      SplittableRandom random = new SplittableRandom(number);
      return new Transaction(
          prefix + number,
          eventTime.apply(number),
          customer(random.nextInt(customers)),
          terminal(random.nextInt(terminals)),
          Math.round(5_000 * Math.exp(random.nextGaussian())) / 100.0);
    };
  }
}
