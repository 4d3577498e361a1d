package io.shoal.cli;

import io.shoal.local.deployment.Deployment;
import io.shoal.local.deployment.DeploymentStatus.Addresses;
import io.shoal.local.stack.DataDirectory;
import io.shoal.local.stack.LocalStack;
import io.shoal.pipeline.Pipeline;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs all parts of a pipeline in the foreground. */
@Command(
    name = "run",
    description = "Runs all parts of a pipeline on this machine, until it is told to stop.",
    mixinStandardHelpOptions = true,
    footer = {"", "'shoal deploy' does the same in the background."})
final class RunCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The pipeline file (docs/pipelines.md).")
  private Path file;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Folder of all state. Default: shoal/run/FILE without its ending, in your cache folder.")
  private @Nullable Path dataDir;

  @Option(
      names = "--deployment",
      hidden = true,
      description = "Given by the supervisor: whom this process tells that it is up.")
  private @Nullable String deployment;

  @Mixin private LogOptions log = new LogOptions();

  @Override
  public Integer call() throws InterruptedException {
    @Nullable Deployment deployed =
        deployment == null ? null : StateFolder.deployments().get(deployment);
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> Interruption.wait(told, stopped), "run-interrupt"));
    try (DataDirectory data = DataDirectory.open(folder(deployed), false)) {
      log.toFile(data.folder("logs").resolve("shoal.log"), true);
      Pipeline pipeline = Pipeline.read(file);
      try (LocalStack stack =
          new LocalStack(data, pipeline, pipeline.localPort(), Parts::announce)) {
        if (deployed != null) {
          deployed.announce(
              new Addresses(
                  stack.bootstrapServers(),
                  stack.schemaRegistryUrl(),
                  stack.modelRegistryUrl(),
                  stack.sidecar().url()));
        }
        System.out.println(
            pipeline.name() + " runs; log in " + LogOptions.place() + "; Ctrl-C stops it");
        told.await();
      }
    } finally {
      stopped.countDown();
    }
    return 0;
  }

  private Path folder(@Nullable Deployment deployed) {
    if (deployed != null) {
      return deployed.data();
    }
    return dataDir == null ? CacheFolder.of("run").resolve(baseName(file)) : dataDir;
  }

  private static String baseName(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
