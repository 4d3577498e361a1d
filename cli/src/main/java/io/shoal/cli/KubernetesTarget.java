package io.shoal.cli;

import io.shoal.config.ConfigException;
import io.shoal.pipeline.Pipeline;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline on Kubernetes: its file is the values of the chart deploy/helm/shoal, which helm
 * renders or installs. What helm says goes to this terminal.
 */
final class KubernetesTarget {
  private static final String CHART_PROPERTY = "shoal.chart";

  private final Pipeline pipeline;
  private final Path file;
  private final @Nullable String namespace;

  /**
   * @param file of the pipeline
   * @param namespace null for that of the current context
   */
  KubernetesTarget(Pipeline pipeline, Path file, @Nullable String namespace) {
    this.pipeline = pipeline;
    this.file = file;
    this.namespace = namespace;
  }

  /** Writes the resources as YAML; nothing is asked of a cluster. */
  void write(Path to) throws InterruptedException {
    List<String> command = helm("template");
    Path text;
    try {
      text = Files.createTempFile("shoal", ".yaml");
      try {
        run(command, text.toFile());
        Files.writeString(to, Files.readString(text));
      } finally {
        Files.deleteIfExists(text);
      }
    } catch (IOException e) {
      throw new ConfigException("cannot write " + to + ": " + e, e);
    }
  }

  /** Installs the pipeline in the cluster that kubectl's current context names, or upgrades it. */
  void apply() throws InterruptedException {
    List<String> command = helm("upgrade");
    command.add("--install");
    run(command, null);
  }

  private List<String> helm(String verb) {
    List<String> command = new ArrayList<>(List.of("helm", verb, pipeline.name(), chart()));
    command.addAll(List.of("--values", file.toString()));
    pipeline
        .features()
        .ifPresent(
            set -> command.addAll(List.of("--set-file", "kubernetes.featureSet=" + escaped(set))));
    if (namespace != null) {
      command.addAll(List.of("--namespace", namespace));
    }
    return command;
  }

  /** Helm takes a comma for the next value. */
  private static String escaped(Path path) {
    return path.toString().replace("\\", "\\\\").replace(",", "\\,");
  }

  private static String chart() {
    String chart = System.getProperty(CHART_PROPERTY);
    if (chart == null || !Files.isDirectory(Path.of(chart))) {
      throw new ConfigException(
          "the chart deploy/helm/shoal is not here; run ./shoal from Shoal's sources");
    }
    return chart;
  }

  private static void run(List<String> command, @Nullable File output) throws InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    if (output != null) {
      builder.redirectOutput(output);
    }
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new ConfigException(
          "cannot run helm, which renders the chart: install Helm 3.18 or newer (" + e + ")", e);
    }
    if (process.waitFor() != 0) {
      throw new ConfigException("helm refused the pipeline; its message stands above");
    }
  }
}
