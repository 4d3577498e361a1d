package io.shoal.local.traffic;

import io.shoal.schemas.avro.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The Fraud Detection Handbook's simulation as an endless stream in event-time order. The same
 * parameters give the same transactions, wherever it is begun: see {@link #position}.
 */
public final class SimulatedTransactions implements TransactionSource {
  private static final long DAY_S = 86_400;

  private final SimulatedWorld world;
  private final SimulatedDay today;
  private final long startEpochDay;
  private long day;
  private long dayId;
  private int place;
  private @Nullable Transaction transaction;

  /** A stream from the beginning. */
  public SimulatedTransactions(SimulationParameters parameters) {
    this(parameters, SimulationPosition.start(parameters.seed()));
  }

  /**
   * A stream that begins with a given day, 0 being the first, whose first transaction has this id.
   */
  public SimulatedTransactions(SimulationParameters parameters, long startDay, long startId) {
    this(parameters, new SimulationPosition(parameters.seed(), startDay, startId, startId));
  }

  /** A stream that goes on where another ended. */
  public SimulatedTransactions(SimulationParameters parameters, SimulationPosition position) {
    SimulationPosition from = position.withSeed(parameters.seed());
    this.world = new SimulatedWorld(parameters);
    this.today = new SimulatedDay(world);
    this.startEpochDay = parameters.start().toEpochDay();
    this.day = from.day();
    this.dayId = from.dayId();
    today.generate(day);
    this.place = (int) Math.min(today.size(), from.nextId() - from.dayId()) - 1;
  }

  @Override
  public String name() {
    return "simulation";
  }

  @Override
  public Item next() {
    place++;
    while (place >= today.size()) {
      dayId += today.size();
      day++;
      place = 0;
      today.generate(day);
    }
    transaction =
        new Transaction(
            Long.toString(dayId + place),
            Instant.ofEpochMilli(timeMs(day, today.second(place))),
            world.customerId(today.customer(place)),
            world.terminalId(today.terminal(place)),
            today.amount(place));
    return Item.TRANSACTION;
  }

  @Override
  public Transaction transaction() {
    if (transaction == null) {
      throw new IllegalStateException("the cursor does not stand on a transaction");
    }
    return transaction;
  }

  @Override
  public Boolean fraud() {
    return scenario() != SimulatedDay.LEGITIMATE;
  }

  @Override
  public MalformedLine malformed() {
    throw new IllegalStateException("a simulation has no malformed lines");
  }

  @Override
  public void close() {
    transaction = null;
  }

  /** Where a stream must begin to go on after the current transaction. */
  public SimulationPosition position() {
    return new SimulationPosition(world.parameters().seed(), day, dayId, dayId + place + 1);
  }

  /**
   * Hands over the frauds of the past, latest day first: those that are younger than this when the
   * current transaction happens. So whoever goes on knows which labels are still to come.
   *
   * @param frauds takes id and event time in milliseconds
   */
  public void pastFrauds(Duration age, ObjLongConsumer<String> frauds) {
    long nowMs = timeMs(day, place < 0 ? 0 : today.second(place));
    long afterMs = nowMs - age.toMillis();
    report(today, day, dayId, place + 1, afterMs, frauds);
    SimulatedDay past = new SimulatedDay(world);
    long firstId = dayId;
    for (long d = day - 1; d >= 0 && timeMs(d + 1, 0) > afterMs; d--) {
      past.generate(d);
      firstId -= past.size();
      if (firstId < 0) {
        return;
      }
      report(past, d, firstId, past.size(), afterMs, frauds);
    }
  }

  /** Which of the three frauds the current transaction is; 0 for none. */
  byte scenario() {
    return today.scenario(place);
  }

  private void report(
      SimulatedDay frauds,
      long dayOfFrauds,
      long firstId,
      int count,
      long afterMs,
      ObjLongConsumer<String> consumer) {
    for (int i = 0; i < count; i++) {
      long timeMs = timeMs(dayOfFrauds, frauds.second(i));
      if (frauds.scenario(i) != SimulatedDay.LEGITIMATE && timeMs > afterMs) {
        consumer.accept(Long.toString(firstId + i), timeMs);
      }
    }
  }

  private long timeMs(long dayOfSimulation, int second) {
    return ((startEpochDay + dayOfSimulation) * DAY_S + second) * 1_000;
  }
}
