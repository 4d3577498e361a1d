package io.shoal.cli.produce;

import io.shoal.config.ConfigException;
import io.shoal.features.FeatureSet;
import io.shoal.features.definition.FeatureSetDefinition.Entity;
import io.shoal.features.definition.FeatureSetDefinition.TimeUnit;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Events made up for any schema, without end: each entity has amounts and categories that are usual
 * for it, and one event in {@value #FRAUD_EVERY} is a fraud, with amounts many times as high and
 * unusual categories. The first month lies in the past, so that windows of days have something in
 * them; from then on events happen when they are made. The same seed gives the same values.
 */
public final class InventedEvents implements Events {
  static final int ENTITIES = 500;
  static final Duration PAST = Duration.ofDays(30);

  private static final int FRAUD_EVERY = 250;
  private static final int CATEGORIES = 8;
  private static final double MEAN_STEP_MS = 30_000;
  private static final double USUAL = 40;

  private final Schema schema;
  private final String id;
  private final String time;
  private final @Nullable TimeUnit unit;
  private final List<String> keys;
  private final Clock clock;
  private final SplittableRandom random;
  private final Map<String, double[]> usual = new HashMap<>();
  private final String run;
  private long number;
  private long timeMs;
  private int entity;
  private boolean fraud;

  /**
   * Events of this schema.
   *
   * @throws ConfigException when a field without a default is of a type that nothing can be made up
   *     for
   */
  public InventedEvents(FeatureSet features, Schema schema, Clock clock, long seed) {
    this.schema = schema;
    this.id = features.source().id();
    this.time = features.source().eventTime();
    this.unit = features.source().timeUnit();
    this.keys = features.entities().stream().map(Entity::key).toList();
    this.clock = clock;
    this.random = new SplittableRandom(seed);
    this.timeMs = clock.millis() - PAST.toMillis();
    this.run = Long.toString(clock.millis(), Character.MAX_RADIX);
    require(schema, "");
  }

  private static void require(Schema record, String path) {
    for (Schema.Field field : record.getFields()) {
      Schema type = withoutNull(field.schema());
      if (type.getType() == Schema.Type.RECORD) {
        require(type, path + field.name() + ".");
      } else if (!canBeMade(type) && !field.hasDefaultValue()) {
        throw new ConfigException(
            "no value can be made up for the field '%s' of the type %s; give a file of events"
                .formatted(path + field.name(), type.getType()));
      }
    }
  }

  @Override
  public boolean next() {
    number++;
    double step = -Math.log1p(-random.nextDouble()) * MEAN_STEP_MS;
    timeMs = Math.min(clock.millis(), timeMs + 1 + (long) step);
    entity = random.nextInt(ENTITIES);
    fraud = random.nextInt(FRAUD_EVERY) == 0;
    return true;
  }

  @Override
  public GenericRecord record() {
    return record(schema, "");
  }

  /**
   * @param path of the record in the event, with a point at its end; empty for the event itself
   */
  private GenericRecord record(Schema type, String path) {
    GenericRecord record = new GenericData.Record(type);
    for (Schema.Field field : type.getFields()) {
      Schema of = withoutNull(field.schema());
      String name = path + field.name();
      if (of.getType() == Schema.Type.RECORD) {
        record.put(field.pos(), record(of, name + "."));
      } else {
        record.put(
            field.pos(),
            canBeMade(of) ? value(name, of) : GenericData.get().getDefaultValue(field));
      }
    }
    return record;
  }

  private Object value(String name, Schema type) {
    if (name.equals(time)) {
      return time(type);
    }
    if (name.equals(id)) {
      return type.getType() == Schema.Type.STRING
          ? run + "-" + number
          : number(type, (double) number);
    }
    if (keys.contains(name)) {
      // The first entity is whose behaviour is learned; others are met by chance.
      int which = name.equals(keys.get(0)) ? entity : random.nextInt(ENTITIES);
      return type.getType() == Schema.Type.STRING
          ? "%s-%03d".formatted(name, which)
          : number(type, which);
    }
    return switch (type.getType()) {
      case STRING -> name + "-" + category();
      case ENUM ->
          new GenericData.EnumSymbol(
              type, type.getEnumSymbols().get(category() % type.getEnumSymbols().size()));
      case BOOLEAN -> random.nextInt(10) == 0;
      default -> number(type, amount(name));
    };
  }

  /** Spread around what is usual for the entity, in whose favour the dice are loaded. */
  private double amount(String field) {
    double[] means =
        usual.computeIfAbsent(
            field, f -> random.doubles(ENTITIES).map(u -> USUAL * (0.25 + 3 * u)).toArray());
    double spread = Math.exp(0.4 * (random.nextDouble() + random.nextDouble() - 1));
    return Math.round(100 * means[entity] * spread * (fraud ? 5 + 10 * random.nextDouble() : 1))
        / 100.0;
  }

  private int category() {
    boolean other = fraud || random.nextInt(10) == 0;
    return other ? random.nextInt(CATEGORIES) : entity % 3;
  }

  private Object time(Schema type) {
    LogicalType logical = type.getLogicalType();
    if (type.getType() == Schema.Type.STRING) {
      return Instant.ofEpochMilli(timeMs).toString();
    }
    if (logical instanceof LogicalTypes.TimestampMicros || unit == TimeUnit.MICROSECONDS) {
      return timeMs * 1_000;
    }
    return unit == TimeUnit.SECONDS ? timeMs / 1_000 : timeMs;
  }

  private static Object number(Schema type, double value) {
    return switch (type.getType()) {
      case INT -> (int) Math.round(value);
      case LONG -> Math.round(value);
      case FLOAT -> (float) value;
      default -> value;
    };
  }

  private static boolean canBeMade(Schema type) {
    return switch (type.getType()) {
      case STRING, ENUM, BOOLEAN, INT, LONG, FLOAT, DOUBLE -> true;
      default -> false;
    };
  }

  private static Schema withoutNull(Schema type) {
    if (type.getType() != Schema.Type.UNION) {
      return type;
    }
    List<Schema> others =
        type.getTypes().stream().filter(t -> t.getType() != Schema.Type.NULL).toList();
    return others.size() == 1 ? others.get(0) : type;
  }

  @Override
  public boolean fraud() {
    return fraud;
  }

  @Override
  public String place() {
    return "event " + number;
  }

  @Override
  public double progress() {
    return 0;
  }

  @Override
  public void close() {
    usual.clear();
  }
}
