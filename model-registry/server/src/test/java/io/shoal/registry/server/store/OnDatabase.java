package io.shoal.registry.server.store;

import static io.shoal.registry.server.TestModels.MODEL;
import static io.shoal.registry.server.TestModels.candidate;
import static io.shoal.registry.server.store.Names.CHAMPION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.registry.client.ModelAlias;
import io.shoal.registry.client.RegisteredVersion;
import io.shoal.registry.server.pipeline.Candidates;
import io.shoal.registry.server.store.Aliases.Reason;
import io.shoal.registry.server.store.RegistryException.Code;
import io.shoal.schemas.avro.ModelVersion;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Opens and closes the stores around each test. */
abstract class OnDatabase {
  static final int RETENTION = 20;

  final SecondsClock clock = new SecondsClock();
  Database database;
  Stores stores;

  /** Each look at it is a second after the one before. */
  static final class SecondsClock extends Clock {
    private long seconds;

    /** As when somebody sets the clock of a machine. */
    void goBack(long by) {
      seconds -= by;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochSecond(++seconds);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  /** Opens the database of this test: empty at first, the same again after a close. */
  abstract Database openDatabase();

  @BeforeEach
  void open() {
    open(Policy.AUTOMATIC);
  }

  void open(Policy policy) {
    database = openDatabase();
    stores = Stores.in(database.jdbi(), clock, policy, RETENTION);
  }

  @AfterEach
  void close() {
    database.close();
  }

  RegisteredVersion accept(ModelVersion candidate) {
    String problem = Candidates.problem(candidate);
    return stores
        .versions()
        .accept(
            candidate,
            Candidates.toBytes(candidate),
            problem == null ? Verdict.GOOD : Verdict.unusable(problem),
            null);
  }

  static Reason ann(String why) {
    return new Reason("ann", why);
  }

  ModelAlias champion() {
    return stores.aliases().list(MODEL).stream()
        .filter(row -> row.alias().equals(CHAMPION))
        .findAny()
        .orElseThrow();
  }

  static void assertRefused(Code code, ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(message);
  }
}
