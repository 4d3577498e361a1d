package io.shoal.client;

import io.shoal.kmeans.exchange.NamedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A source of models that may change: an alias that moves, a file that is written anew. Asked now
 * and then, it loads what is new. For one thread.
 */
public final class ModelWatch {
  private static final int CHECKSUM_DIGITS = 12;

  private final String source;
  private final @Nullable RegistryAddress address;
  private @Nullable String seen;
  private @Nullable Loaded current;

  /**
   * A model as it was loaded.
   *
   * @param name in the registry, or of the file without its ending
   * @param version number in the registry; of a file the first digits of the model's checksum
   */
  public record Loaded(String name, String version, NamedModel model) {}

  /**
   * Watches a source; nothing is read yet.
   *
   * @param source as {@link Models#load} takes it
   * @throws IllegalArgumentException when it is neither a version in a registry nor a file of a
   *     known format
   */
  public ModelWatch(String source) {
    this.source = source;
    boolean registry = source.startsWith("http://") || source.startsWith("https://");
    this.address = registry ? RegistryAddress.parse(source) : null;
    if (!registry) {
      ModelFormat.of(source);
    }
  }

  /**
   * What the source has now: the same object as before when nothing changed.
   *
   * @throws io.shoal.kmeans.exchange.InvalidModelFileException when it is no model; the one before
   *     may be used on
   * @throws IOException when it cannot be read or reached
   */
  public Loaded load() throws IOException {
    String now = state();
    Loaded loaded = current;
    if (loaded == null || !now.equals(seen)) {
      loaded = read(now);
      current = loaded;
      seen = now;
    }
    return loaded;
  }

  /** Something that changes whenever the model does. */
  private String state() throws IOException {
    if (address != null) {
      return String.valueOf(address.number());
    }
    Path file = Path.of(source);
    return Files.getLastModifiedTime(file) + " " + Files.size(file);
  }

  private Loaded read(String now) throws IOException {
    if (address != null) {
      String exact = address.registry() + "/" + address.model() + "/" + now;
      return new Loaded(address.model(), now, Models.load(exact));
    }
    NamedModel model = Models.load(source);
    String file = String.valueOf(Path.of(source).getFileName());
    return new Loaded(
        file.substring(0, file.lastIndexOf('.')),
        model.model().checksum().substring(0, CHECKSUM_DIGITS),
        model);
  }
}
