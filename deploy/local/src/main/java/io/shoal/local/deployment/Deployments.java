package io.shoal.local.deployment;

import io.shoal.config.ConfigException;
import io.shoal.config.Suggestions;
import io.shoal.pipeline.Pipeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The pipelines that were deployed on this machine by this user. */
public final class Deployments {
  private final Path root;

  /** Those in this folder; it need not exist yet. */
  public Deployments(Path root) {
    this.root = root;
  }

  /** All of them, by name. */
  public List<Deployment> all() {
    try (Stream<Path> folders = Files.list(root)) {
      return folders.filter(Files::isDirectory).sorted().map(Deployment::new).toList();
    } catch (NoSuchFileException none) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + root, e);
    }
  }

  /**
   * One of them.
   *
   * @throws ConfigException when there is none of this name
   */
  public Deployment get(String name) {
    List<String> names = all().stream().map(Deployment::name).toList();
    if (!names.contains(name)) {
      throw new ConfigException(
          names.isEmpty()
              ? "nothing is deployed here yet; 'shoal deploy pipeline.yaml' does it"
              : "no deployment '%s'%s"
                  .formatted(
                      name,
                      Suggestions.nearest(name, names)
                          .map(n -> "; did you mean '" + n + "'?")
                          .orElse("; there are: " + String.join(", ", names))));
    }
    return new Deployment(root.resolve(name));
  }

  /** Whether there is one of this name. */
  public boolean has(String name) {
    return Files.isDirectory(root.resolve(name));
  }

  /**
   * Keeps a pipeline's files for a deployment; starts nothing.
   *
   * @param file the pipeline file
   * @throws ConfigException when the folder cannot be written, or the feature set does not stand
   *     beside or below the file
   */
  public Deployment put(Pipeline pipeline, Path file) {
    Path folder = root.resolve(pipeline.name());
    try {
      Files.createDirectories(folder);
      Path features = pipeline.features().orElse(null);
      if (features != null) {
        copy(features, folder.resolve(relative(file, features)));
      }
      copy(file, folder.resolve("pipeline.yaml"));
    } catch (IOException e) {
      throw new ConfigException("cannot write " + folder + ": " + e, e);
    }
    return new Deployment(folder);
  }

  /** Forgets one that is stopped, with its state. */
  public void remove(Deployment deployment) {
    Folders.delete(deployment.folder());
  }

  private static Path relative(Path file, Path features) {
    @Nullable Path folder = file.toAbsolutePath().normalize().getParent();
    if (folder == null || !features.startsWith(folder)) {
      throw new ConfigException(
          "the feature set %s must stand beside or below %s, so that both can be kept together"
              .formatted(features, file));
    }
    return folder.relativize(features);
  }

  private static void copy(Path from, Path to) throws IOException {
    Path folder = to.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }
}
