package io.shoal.replay;

import io.shoal.features.Event;
import io.shoal.features.export.History;
import io.shoal.features.export.KnownLabel;
import io.shoal.schemas.avro.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Some weeks of card transactions of which a few are fraud: amounts ten times as large. */
public final class Traffic implements History {
  /** When the first transaction happens. */
  public static final Instant START = Instant.parse("2018-04-01T00:00:00Z");

  /** When a fraud becomes known after it. */
  public static final Duration DELAY = Duration.ofDays(7);

  /** One transaction. */
  public record Row(Transaction transaction, boolean fraud) {}

  private final List<Row> rows;
  private int next;

  /** A history of these. */
  public Traffic(List<Row> rows) {
    this.rows = rows;
  }

  /** Transactions, one each step. */
  public static List<Row> rows(int count, Duration step, long seed) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int customer = random.nextInt(40);
      boolean fraud = random.nextInt(50) == 0;
      double amount = (20 + customer) * Math.abs(1 + random.nextGaussian() / 4);
      rows.add(
          new Row(
              new Transaction(
                  "t" + i,
                  START.plus(step.multipliedBy(i)),
                  "c" + customer,
                  "m" + random.nextInt(20),
                  Math.round(amount * (fraud ? 10 : 1) * 100) / 100.0),
              fraud));
    }
    return rows;
  }

  @Override
  public boolean next(Event event) {
    if (next == rows.size()) {
      return false;
    }
    Transaction transaction = rows.get(next++).transaction();
    event.id = transaction.getTransactionId();
    event.timeMs = transaction.getEventTime().toEpochMilli();
    event.keys[0] = transaction.getCustomerId();
    event.keys[1] = transaction.getTerminalId();
    event.numbers[0] = transaction.getAmount();
    return true;
  }

  @Override
  public @Nullable KnownLabel label() {
    Row row = rows.get(next - 1);
    return new KnownLabel(row.fraud(), row.transaction().getEventTime().plus(DELAY).toEpochMilli());
  }

  @Override
  public void close() {}
}
