package io.shoal.jobs;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The complete checkpoints and savepoints that Flink left in a folder. One is complete when its
 * file {@code _metadata} exists, because Flink writes that last.
 */
final class RetainedCheckpoints {
  private static final Logger log = LoggerFactory.getLogger(RetainedCheckpoints.class);
  private static final String METADATA = "_metadata";
  private static final int DEPTH = 2;
  private static final Pattern OF_FLINK = Pattern.compile("[0-9a-f]{32}|savepoint-.*");

  private record Checkpoint(long id, Path folder) {}

  private RetainedCheckpoints() {}

  /**
   * The readable ones, newest first. Says in the log why another one is not readable.
   *
   * @param directory that Flink was given for its checkpoints
   */
  static List<Path> newestFirst(Path directory) throws IOException {
    List<Checkpoint> readable = new ArrayList<>();
    for (Path folder : complete(directory)) {
      try {
        readable.add(new Checkpoint(read(folder), folder));
      } catch (IOException | RuntimeException e) {
        log.warn("cannot resume from checkpoint {}: {}", folder, e.toString());
      }
    }
    // Ids go on from the checkpoint that a job was started from, so they order all runs.
    readable.sort(
        Comparator.comparingLong(Checkpoint::id).reversed().thenComparing(Checkpoint::folder));
    return readable.stream().map(Checkpoint::folder).toList();
  }

  /** Deletes what Flink left in this folder, but for the checkpoints named. */
  static void deleteAllBut(List<Path> keep, Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.toList()) {
        if (OF_FLINK.matcher(entry.getFileName().toString()).matches()
            && keep.stream().noneMatch(k -> k.startsWith(entry))) {
          deleteTree(entry);
        }
      }
    }
  }

  /** Deletes a folder and all that is in it. */
  static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static List<Path> complete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory, DEPTH)) {
      return files.filter(f -> Files.isRegularFile(f.resolve(METADATA))).toList();
    }
  }

  /** Reads what Flink will read at the start, and opens each state file that it names. */
  private static long read(Path folder) throws IOException {
    try (DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(Files.newInputStream(folder.resolve(METADATA))))) {
      CheckpointMetadata checkpoint =
          Checkpoints.loadCheckpointMetadata(
              in, RetainedCheckpoints.class.getClassLoader(), folder.toUri().toString());
      for (OperatorState operator : checkpoint.getOperatorStates()) {
        for (OperatorSubtaskState subtask : operator.getStates()) {
          for (OperatorStateHandle handle : subtask.getManagedOperatorState()) {
            handle.openInputStream().close();
          }
        }
      }
      return checkpoint.getCheckpointId();
    }
  }
}
