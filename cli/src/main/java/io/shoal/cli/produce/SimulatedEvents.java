package io.shoal.cli.produce;

import io.shoal.local.traffic.SimulatedTransactions;
import io.shoal.local.traffic.SimulationParameters;
import io.shoal.schemas.avro.Transaction;
import java.time.Instant;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** The card transactions of the demo, without end. The same seed gives the same. */
public final class SimulatedEvents implements Events {
  private static final Schema SCHEMA = Transaction.getClassSchema();

  private final SimulatedTransactions simulation;

  /** Events from the beginning of the simulation. */
  public SimulatedEvents(long seed) {
    this.simulation = new SimulatedTransactions(SimulationParameters.handbook(seed));
  }

  @Override
  public boolean next() {
    return simulation.next() == SimulatedTransactions.Item.TRANSACTION;
  }

  @Override
  public GenericRecord record() {
    Transaction transaction = simulation.transaction();
    GenericRecord record = new GenericData.Record(SCHEMA);
    for (Schema.Field field : SCHEMA.getFields()) {
      Object value = transaction.get(field.pos());
      record.put(field.pos(), value instanceof Instant time ? time.toEpochMilli() : value);
    }
    return record;
  }

  @Override
  public boolean fraud() {
    return simulation.fraud();
  }

  @Override
  public String place() {
    return "transaction " + simulation.transaction().getTransactionId();
  }

  @Override
  public double progress() {
    return 0;
  }

  @Override
  public void close() {
    simulation.close();
  }
}
