package io.shoal.local.deployment;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.shoal.config.ConfigException;
import io.shoal.local.deployment.DeploymentStatus.Addresses;
import io.shoal.local.stack.LocalStack;
import io.shoal.pipeline.Pipeline;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One pipeline that was deployed on this machine. */
public final class Deployment {
  private static final File NOTHING = new File("/dev/null");
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /** A process; numbers are used again, but not with the same start. */
  record Identity(long pid, @Nullable Instant started) {
    static Identity of(ProcessHandle process) {
      return new Identity(process.pid(), process.info().startInstant().orElse(null));
    }

    Optional<ProcessHandle> alive() {
      return ProcessHandle.of(pid)
          .filter(ProcessHandle::isAlive)
          .filter(process -> Identity.of(process).equals(this));
    }
  }

  /** How a deployment's supervisor describes itself in the folder. */
  record Supervised(
      Identity supervisor,
      long pid,
      boolean ended,
      boolean waiting,
      int restarts,
      Instant since,
      @Nullable String message) {}

  private record Up(long pid, Addresses addresses) {}

  private final Path folder;

  Deployment(Path folder) {
    this.folder = folder;
  }

  /** Its name, which is its pipeline's. */
  public String name() {
    return String.valueOf(folder.getFileName());
  }

  /** The pipeline file as it was deployed. */
  public Path file() {
    return folder.resolve("pipeline.yaml");
  }

  /** The pipeline as it was deployed. */
  public Pipeline pipeline() {
    return Pipeline.read(file());
  }

  /** Folder of its state: topics, models, checkpoints. */
  public Path data() {
    return folder.resolve("data");
  }

  /**
   * Forgets what a stopped deployment's trainer has learned; its versions, topics and states stay.
   * It begins anew from what the topics retain.
   */
  public void forgetLearning() {
    Folders.delete(LocalStack.checkpoints(data()));
  }

  /** What it logs. */
  public Path log() {
    return data().resolve("logs").resolve("shoal.log");
  }

  /** What its processes say on standard output and error. */
  public Path console() {
    return folder.resolve("console.log");
  }

  /** Where it stands now. */
  public DeploymentStatus status() {
    Supervised supervised = read("supervisor.json", Supervised.class).orElse(null);
    if (supervised == null) {
      return new DeploymentStatus(RunState.STOPPED, 0, 0, Instant.EPOCH, null, null);
    }
    Optional<Addresses> up =
        read("up.json", Up.class).filter(u -> u.pid() == supervised.pid()).map(Up::addresses);
    RunState state = state(supervised, up.isPresent());
    boolean runs = state == RunState.STARTING || state == RunState.RUNNING;
    return new DeploymentStatus(
        state,
        runs ? supervised.pid() : 0,
        supervised.restarts(),
        supervised.since(),
        supervised.message(),
        runs ? up.orElse(null) : null);
  }

  private static RunState state(Supervised supervised, boolean up) {
    if (supervised.ended()) {
      return supervised.message() == null ? RunState.STOPPED : RunState.FAILED;
    }
    if (supervised.supervisor().alive().isEmpty()) {
      return RunState.STOPPED;
    }
    if (supervised.waiting()) {
      return RunState.RESTARTING;
    }
    return up ? RunState.RUNNING : RunState.STARTING;
  }

  /** Told by the running process itself, once its parts are up. */
  public void announce(Addresses addresses) {
    write("up.json", new Up(ProcessHandle.current().pid(), addresses));
  }

  void write(Supervised supervised) {
    write("supervisor.json", supervised);
  }

  /**
   * Starts its supervisor, which outlives this process and its terminal.
   *
   * @param command the command line that supervises this deployment
   */
  public void start(List<String> command) {
    try {
      Files.deleteIfExists(folder.resolve("up.json"));
      Process supervisor =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(NOTHING))
              .redirectOutput(ProcessBuilder.Redirect.appendTo(console().toFile()))
              .redirectErrorStream(true)
              .start();
      write(
          new Supervised(
              Identity.of(supervisor.toHandle()), 0, false, false, 0, Instant.now(), null));
    } catch (IOException e) {
      throw new UncheckedIOException("starting " + name(), e);
    }
  }

  /**
   * Stops it in order.
   *
   * @throws ConfigException when it does not stop in time
   */
  public void stop(Duration timeout) {
    Optional<ProcessHandle> supervisor =
        read("supervisor.json", Supervised.class)
            .filter(s -> !s.ended())
            .flatMap(s -> s.supervisor().alive());
    if (supervisor.isEmpty()) {
      return;
    }
    supervisor.get().destroy();
    try {
      supervisor.get().onExit().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new ConfigException(
          "%s does not stop within %d s; its process is %d, its log %s"
              .formatted(name(), timeout.toSeconds(), supervisor.get().pid(), log()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + name() + " was stopping", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  Path folder() {
    return folder;
  }

  private <T> Optional<T> read(String name, Class<T> type) {
    try {
      return Optional.of(JSON.readValue(Files.readString(folder.resolve(name)), type));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + folder.resolve(name), e);
    }
  }

  /** In one step, so that a reader sees the old or the new. */
  private void write(String name, Object value) {
    Path next = folder.resolve(name + ".next");
    try {
      Files.writeString(next, JSON.writeValueAsString(value));
      Files.move(
          next,
          folder.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + folder.resolve(name), e);
    }
  }
}
