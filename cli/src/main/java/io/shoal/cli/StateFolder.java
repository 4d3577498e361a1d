package io.shoal.cli;

import io.shoal.local.deployment.Deployments;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The user's folder of state that outlives a process, by the custom of the operating system. */
final class StateFolder {
  private StateFolder() {}

  /** The folder. */
  static Path folder() {
    return root(System.getenv("XDG_STATE_HOME"), Path.of(System.getProperty("user.home")))
        .resolve("shoal");
  }

  /** The pipelines that this user has deployed on this machine. */
  static Deployments deployments() {
    return new Deployments(folder().resolve("deployments"));
  }

  static Path root(@Nullable String xdgStateHome, Path home) {
    return xdgStateHome == null || xdgStateHome.isBlank()
        ? home.resolve(".local").resolve("state")
        : Path.of(xdgStateHome);
  }
}
