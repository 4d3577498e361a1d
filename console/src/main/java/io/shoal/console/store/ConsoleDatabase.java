package io.shoal.console.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded database of the console. It holds nothing that Kafka and the registry do not have:
 * one of another layout is emptied and filled anew, and where the folder cannot be used it lives in
 * memory.
 */
public final class ConsoleDatabase implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ConsoleDatabase.class);

  /** To be raised with every change of {@link #TABLES}. */
  private static final int LAYOUT = 2;

  private static final int CONNECTIONS = 16;
  private static final String OPTIONS =
      ";DATABASE_TO_LOWER=TRUE;DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=10000";

  private static final List<String> TABLES =
      List.of(
          "create table layout(version int primary key)",
          "create table position(topic varchar(300), part int, next_offset bigint,"
              + " primary key(topic, part))",
          "create table prediction(id bigint primary key, part int, at bigint, event_time bigint,"
              + " transaction_id varchar(400), entity_id varchar(400), score double precision,"
              + " risk double precision, decision tinyint, reason varchar(500), cluster_id int,"
              + " distance2 double precision, contributions varchar(4000), model varchar(250),"
              + " version bigint, fingerprint varchar(64), source_topic varchar(300),"
              + " source_partition int, source_offset bigint)",
          "create index prediction_transaction on prediction(transaction_id)",
          "create index prediction_entity on prediction(entity_id, id)",
          "create index prediction_decision on prediction(decision, id)",
          "create index prediction_version on prediction(version, id)",
          "create index prediction_cluster on prediction(cluster_id, id)",
          "create index prediction_score on prediction(score)",
          "create table label(id bigint primary key, transaction_id varchar(400), known_at bigint,"
              + " event_time bigint, entity_id varchar(400), fraud boolean, source varchar(200),"
              + " score double precision, risk double precision, review boolean, version bigint)",
          "create index label_transaction on label(transaction_id)",
          "create table rate(span int, slot bigint, predictions bigint, reviews bigint,"
              + " unscored bigint, latencies varbinary(1024), primary key(span, slot))",
          "create table quality(kind char(1), id bigint, model varchar(250), first_event bigint,"
              + " last_event bigint, predictions bigint, reviews bigint, scores varbinary(2048),"
              + " risks varbinary(2048), frauds bigint, fraud_reviews bigint,"
              + " fraud_scores varbinary(2048), fraud_risks varbinary(2048),"
              + " legitimates bigint, legitimate_reviews bigint, primary key(kind, id))",
          "create table shadow(id bigint primary key, at bigint, event_time bigint,"
              + " transaction_id varchar(400), entity_id varchar(400), alias varchar(250),"
              + " version bigint, score double precision, risk double precision, review boolean,"
              + " flips boolean, decided_version bigint, decided_score double precision,"
              + " decided_review boolean, amount double precision)",
          "create index shadow_transaction on shadow(transaction_id)",
          "create table shadow_sum(alias varchar(250), version bigint, scored bigint,"
              + " flips_to_review bigint, flips_to_pass bigint, amount_to_review double precision,"
              + " amount_to_pass double precision, last_at bigint, primary key(alias, version))",
          "create table drift(id bigint primary key, at bigint, event_time bigint,"
              + " model varchar(250), job varchar(250), sequence bigint, change varchar(20),"
              + " cause varchar(20), before_value double precision, after_value double precision,"
              + " events bigint, model_sequence bigint)",
          "create table letter(id bigint primary key, at bigint, reason varchar(100),"
              + " message varchar(2000), exception varchar(500), source varchar(300),"
              + " source_partition int, source_offset bigint, key_bytes varbinary(65536),"
              + " value_bytes varbinary(1048576), truncated boolean, retried_at bigint,"
              + " retried_by varchar(250))",
          "create index letter_reason on letter(reason, id)");

  private final JdbcConnectionPool pool;
  private final Jdbi jdbi;

  /**
   * Opens the database.
   *
   * @param folder null for one in memory
   */
  public ConsoleDatabase(@Nullable Path folder) {
    this.pool = open(folder);
    pool.setMaxConnections(CONNECTIONS);
    this.jdbi = Jdbi.create(pool);
    jdbi.useHandle(
        handle -> {
          List<Integer> layout =
              handle
                  .createQuery(
                      "select count(*) from information_schema.tables where table_name = 'layout'")
                  .mapTo(Integer.class)
                  .list();
          boolean present = layout.get(0) > 0;
          if (present
              && handle.createQuery("select version from layout").mapTo(Integer.class).one()
                  == LAYOUT) {
            return;
          }
          handle.execute("drop all objects");
          TABLES.forEach(handle::execute);
          handle.execute("insert into layout values (?)", LAYOUT);
        });
  }

  /** For statements. */
  public Jdbi jdbi() {
    return jdbi;
  }

  private static JdbcConnectionPool open(@Nullable Path folder) {
    if (folder != null) {
      try {
        Files.createDirectories(folder);
        JdbcConnectionPool file =
            JdbcConnectionPool.create(
                "jdbc:h2:file:" + folder.resolve("console") + OPTIONS, "", "");
        file.getConnection().close();
        return file;
      } catch (IOException | UncheckedIOException | SQLException e) {
        log.warn(
            "the console's folder {} cannot be used ({}); it remembers in memory what comes from"
                + " now on. Another data.dir, or console.enabled=false, mends that",
            folder,
            e.getMessage());
      }
    }
    // Random name: several registries may run in one process.
    return JdbcConnectionPool.create(
        "jdbc:h2:mem:console-" + java.util.UUID.randomUUID() + OPTIONS, "", "");
  }

  @Override
  public void close() {
    // H2 closes a database with its last connection.
    pool.dispose();
  }
}
