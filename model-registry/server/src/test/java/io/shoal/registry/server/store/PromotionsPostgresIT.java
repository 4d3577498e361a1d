package io.shoal.registry.server.store;

/** Promotions on a real PostgreSQL. */
class PromotionsPostgresIT extends PromotionsContract {
  private final String url = TestDatabases.postgresUrl();

  @Override
  Database openDatabase() {
    return new Database(url, "", "");
  }
}
