package io.shoal.local.stack;

import io.shoal.config.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds the state of a local system, locked while it runs. A marker file tells it
 * from a folder of the user's, which is never emptied.
 */
public final class DataDirectory implements AutoCloseable {
  private static final String MARKER = ".shoal";
  private static final long FREE_BYTES_MIN = 1L << 30;

  private final Path root;
  private final FileChannel channel;

  private DataDirectory(Path root, FileChannel channel) {
    this.root = root;
    this.channel = channel;
  }

  /**
   * Makes the folder if it is missing, checks and locks it.
   *
   * @param fresh whether to empty it first
   * @throws ConfigException when it cannot be written, is in use, is nearly full, or holds
   *     something else
   */
  public static DataDirectory open(Path root, boolean fresh) {
    try {
      Files.createDirectories(root);
      requireOurs(root);
      Path marker = root.resolve(MARKER);
      FileChannel channel =
          FileChannel.open(marker, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (lock(channel) == null) {
        channel.close();
        throw new ConfigException(
            "the data folder "
                + root
                + " is in use by another Shoal; stop it or pass another --data-dir");
      }
      if (fresh) {
        empty(root, marker);
      }
      requireSpace(root);
      return new DataDirectory(root, channel);
    } catch (IOException e) {
      throw new ConfigException(
          "cannot write the data folder "
              + root
              + " ("
              + e
              + "); pass --data-dir with a folder that this user can write",
          e);
    }
  }

  /** A folder below this one; not made yet. */
  public Path folder(String name) {
    return root.resolve(name);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("unlocking " + root, e);
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException inThisJvm) {
      return null;
    }
  }

  private static void requireOurs(Path root) throws IOException {
    if (Files.exists(root.resolve(MARKER))) {
      return;
    }
    try (Stream<Path> files = Files.list(root)) {
      if (files.findAny().isPresent()) {
        throw new ConfigException(
            "the data folder "
                + root
                + " holds files that are not Shoal's; pass --data-dir with a new or empty folder");
      }
    }
  }

  private static void requireSpace(Path root) throws IOException {
    long free = Files.getFileStore(root).getUsableSpace();
    if (free < FREE_BYTES_MIN) {
      throw new ConfigException(
          "only "
              + (free >> 20)
              + " MiB are free for the data folder "
              + root
              + ", 1024 are needed; free some or pass --data-dir on another disk");
    }
  }

  private static void empty(Path root, Path except) throws IOException {
    List<Path> doomed;
    try (Stream<Path> files = Files.walk(root)) {
      doomed =
          files
              .filter(f -> !f.equals(root) && !f.equals(except))
              .sorted(Comparator.reverseOrder())
              .toList();
    }
    for (Path file : doomed) {
      Files.delete(file);
    }
  }
}
