package io.shoal.registry.server;

import com.linecorp.armeria.server.ServerBuilder;
import io.shoal.registry.server.pipeline.Registrar;
import io.shoal.registry.server.store.Stores;
import java.time.Clock;

/**
 * Something that is served from the registry's process, behind the same guard, and that the
 * registry does not know: found by {@link java.util.ServiceLoader}. One that is there serves {@code
 * /}, where the registry alone lists its addresses.
 */
public interface RegistryExtension {
  /** Adds its services to the server that is being built. */
  Part attach(Context context, ServerBuilder server);

  /**
   * What an extension works with.
   *
   * @param registrar takes candidates
   * @param changed is to be run after each change, so that it is announced at once
   */
  record Context(
      RegistryConfig config, Stores stores, Registrar registrar, Runnable changed, Clock clock) {}

  /** A running extension. */
  interface Part extends AutoCloseable {
    /** Starts its threads; the server listens already. */
    void start();

    /** Stops them; the stores are still open. */
    @Override
    void close();
  }
}
