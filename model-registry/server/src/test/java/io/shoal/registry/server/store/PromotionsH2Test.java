package io.shoal.registry.server.store;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Promotions on the embedded database, in a file. */
class PromotionsH2Test extends PromotionsContract {
  @TempDir Path directory;

  @Override
  Database openDatabase() {
    return TestDatabases.h2(directory);
  }
}
