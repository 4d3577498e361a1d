package io.shoal.registry.server.store;

/** The migration of a real PostgreSQL. */
class MigrationPostgresIT extends MigrationContract {
  private final String url = TestDatabases.postgresUrl();

  @Override
  String url() {
    return url;
  }
}
