package io.shoal.registry.server.store;

/** Versions on a real PostgreSQL. */
class VersionsPostgresIT extends VersionsContract {
  private final String url = TestDatabases.postgresUrl();

  @Override
  Database openDatabase() {
    return new Database(url, "", "");
  }
}
