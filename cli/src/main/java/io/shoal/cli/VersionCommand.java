package io.shoal.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** Tells the versions of Shoal and of what it is made of. */
@Command(
    name = "version",
    description = "Tells the versions of Shoal and of what it is made of.",
    mixinStandardHelpOptions = true)
final class VersionCommand implements Callable<Integer>, IVersionProvider {
  @Override
  public Integer call() throws IOException {
    for (String line : getVersion()) {
      System.out.println(line);
    }
    return 0;
  }

  @Override
  public String[] getVersion() throws IOException {
    Properties versions = new Properties();
    try (InputStream in = VersionCommand.class.getResourceAsStream("/shoal-versions.properties")) {
      versions.load(in);
    }
    return new String[] {
      "shoal " + versions.getProperty("shoal") + commit(),
      "java  " + Runtime.version() + " (" + System.getProperty("java.vm.name") + ")",
      "kafka " + versions.getProperty("kafka"),
      "flink " + versions.getProperty("flink"),
      "avro  " + versions.getProperty("avro")
    };
  }

  /** The launcher asks git, where there is one. */
  private static String commit() {
    String commit = System.getProperty("shoal.commit", "");
    return commit.isEmpty() ? "" : " (commit " + commit + ")";
  }
}
