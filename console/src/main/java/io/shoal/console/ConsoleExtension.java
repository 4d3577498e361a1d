package io.shoal.console;

import com.linecorp.armeria.server.ServerBuilder;
import io.shoal.console.http.WebFiles;
import io.shoal.registry.server.RegistryConfig;
import io.shoal.registry.server.RegistryExtension;
import io.shoal.registry.server.http.RegistryHttp;

/** Lets the registry serve the console. */
public final class ConsoleExtension implements RegistryExtension {
  private static final Part NOTHING =
      new Part() {
        @Override
        public void start() {}

        @Override
        public void close() {}
      };

  /** For the {@link java.util.ServiceLoader}. */
  public ConsoleExtension() {}

  @Override
  public Part attach(Context context, ServerBuilder server) {
    if (!context.config().getBoolean(RegistryConfig.CONSOLE_ENABLED)) {
      RegistryHttp.listAddresses(server);
      return NOTHING;
    }
    Console console = new Console(context);
    console.addTo(server);
    WebFiles.addTo(server);
    return console;
  }
}
