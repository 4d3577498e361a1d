package io.shoal.registry.server.store;

/**
 * Thrown when the bytes of a version are not what was kept: a person must restore them, or choose
 * another version.
 */
public final class DamagedArtifactException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DamagedArtifactException(String model, long version, String key, String what) {
    super(
        "the artifact of version "
            + version
            + " of model '"
            + model
            + "' "
            + what
            + " (object "
            + key
            + "); restore it from a backup, or choose another version");
  }
}
