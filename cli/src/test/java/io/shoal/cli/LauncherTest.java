package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs a copy of the launcher in a folder with a space, on a pretended Java and Maven. */
class LauncherTest {
  private static final String JAVA =
      """
      #!/bin/sh
      if [ "$1" = -version ]; then
        echo 'openjdk version "%s" 2025-04-15' >&2
        exit 0
      fi
      pwd
      for argument; do echo "<$argument>"; done
      """;

  private static final String MAVEN =
      """
      #!/bin/sh
      echo "$@" >>maven-calls
      mkdir -p deploy/dist/target/shoal/lib deploy/embedded/target/schema-registry
      echo '[INFO] Building Shoal :: config 0.1.0                     [2/18]'
      %s
      """;

  @TempDir private Path root;
  private Path home;
  private Path jdk;
  private Path elsewhere;

  /** What a run of the launcher gave. */
  private record Result(int exitCode, String out, String err) {}

  @BeforeEach
  void copyLauncher() throws IOException {
    home = Files.createDirectories(root.resolve("a home"));
    jdk = Files.createDirectories(root.resolve("a jdk"));
    elsewhere = Files.createDirectories(root.resolve("else where"));
    Files.copy(Path.of("..", "shoal"), home.resolve("shoal"));
    Files.createDirectories(home.resolve("config/src/main"));
    program(jdk.resolve("bin/java"), JAVA.formatted("17.0.15"));
    program(jdk.resolve("bin/javac"), "#!/bin/sh\n");
    maven("exit 0");
  }

  @Test
  void shouldRefuseOldJavaInOneLine() throws Exception {
    program(jdk.resolve("bin/java"), JAVA.formatted("11.0.2"));
    Result result = shoal("version");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).hasLineCount(1).contains("is Java 11;").contains("JDK 17");
  }

  @Test
  void shouldRefuseJavaThatCallsItselfOneDotEight() throws Exception {
    program(jdk.resolve("bin/java"), JAVA.formatted("1.8.0_392"));
    Result result = shoal("version");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).hasLineCount(1).contains("is Java 8;");
  }

  @Test
  void shouldRefuseToBuildWithoutCompiler() throws Exception {
    Files.delete(jdk.resolve("bin/javac"));
    Result result = shoal("version");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).hasLineCount(1).contains("no javac");
    assertThat(mavenCalls()).isEmpty();
  }

  @Test
  void shouldSayWhereJavaHomeIsWrong() throws Exception {
    Result result = run(Map.of("JAVA_HOME", "/nowhere"), home.resolve("shoal"), "version");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).hasLineCount(1).contains("JAVA_HOME is /nowhere");
  }

  @Test
  void shouldKeepArgumentsAndFolderOfTheCaller() throws Exception {
    Result result = shoal("demo", "--predictions", "my file.csv", "*");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .startsWith(elsewhere.toRealPath().toString())
        .contains("<-cp>\n<" + home.toRealPath() + "/deploy/dist/target/shoal/lib/*>")
        .endsWith("<demo>\n<--predictions>\n<my file.csv>\n<*>\n");
  }

  @Test
  void shouldGiveVectorModuleOnlyToCommandsThatScore() throws Exception {
    assertThat(shoal("--verbose", "demo").out()).contains("<jdk.incubator.vector>", "<-Xmx2g>");
    assertThat(shoal("serve", "--model", "m.onnx").out())
        .contains("<-Xmx2g>", "<-XX:+UseParallelGC>");
    assertThat(shoal("demo", "--help").out()).doesNotContain("jdk.incubator.vector");
    assertThat(shoal("replay", "--transactions", "x.csv").out())
        .contains("<jdk.incubator.vector>", "<-Xmx2g>");
    assertThat(shoal("version").out()).doesNotContain("jdk.incubator.vector");
    assertThat(shoal("logs", "demo").out()).doesNotContain("jdk.incubator.vector");
  }

  @Test
  void shouldStartRegistryInLittleMemoryFromWhatTheBuildHasLoaded() throws Exception {
    Path archive = home.toRealPath().resolve("target/launcher/registry.jsa");
    shoal("version");
    assertThat(shoal("start", "registry").out())
        .contains("<-Xmx256m>", "<-XX:TieredStopAtLevel=1>")
        .doesNotContain("<-XX:SharedArchiveFile", "<-Xmx2g>");

    Files.writeString(archive, "");
    assertThat(shoal("start", "registry").out())
        .contains("<-XX:SharedArchiveFile=" + archive + ">");
    assertThat(shoal("start", "sidecar").out()).doesNotContain("SharedArchiveFile");
  }

  @Test
  void shouldLoadTheRegistryOnceAfterBuild() throws Exception {
    shoal("version");
    assertThat(Files.readString(home.resolve("target/launcher/build.log")))
        .contains("<-XX:ArchiveClassesAtExit=" + home.toRealPath())
        .contains("<rehearse>");
  }

  @Test
  void shouldLetOptionsOfTheUserWin() throws Exception {
    Result result =
        run(
            Map.of("JAVA_HOME", jdk.toString(), "SHOAL_JAVA_OPTS", "-Xmx3g -Da=b"),
            home.resolve("shoal"),
            "demo");
    assertThat(result.out()).containsSubsequence("<-Xmx2g>", "<-Xmx3g>", "<-Da=b>");
  }

  /** The JVM would refuse to start with two. */
  @Test
  void shouldLeaveTheCollectorToTheUser() throws Exception {
    for (String variable : List.of("SHOAL_JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")) {
      for (String command : List.of("serve", "version")) {
        assertThat(withOptions(variable, "-Da=b -XX:+UseZGC", command))
            .doesNotContain("ParallelGC", "SerialGC");
      }
    }
    assertThat(withOptions("SHOAL_JAVA_OPTS", "-XX:+UseZGC", "serve")).contains("<-XX:+UseZGC>");
    assertThat(withOptions("SHOAL_JAVA_OPTS", "-XX:+UseNUMA -XX:MaxGCPauseMillis=5", "serve"))
        .contains("<-XX:+UseParallelGC>");
  }

  private String withOptions(String variable, String options, String command) throws Exception {
    Map<String, String> environment = Map.of("JAVA_HOME", jdk.toString(), variable, options);
    return run(environment, home.resolve("shoal"), command).out();
  }

  @Test
  void shouldFindItsFolderThroughLinks() throws Exception {
    Path link = Files.createSymbolicLink(root.resolve("link"), home.resolve("shoal"));
    Path second = Files.createSymbolicLink(elsewhere.resolve("shoal"), Path.of("..", "link"));
    assertThat(link).isSymbolicLink();
    Result result = run(Map.of("JAVA_HOME", jdk.toString()), second, "version");
    assertThat(result.out()).contains(home.toRealPath() + "/deploy/dist/target/shoal/lib/*");
  }

  @Test
  void shouldBuildOnceAndAgainAfterChanges() throws Exception {
    Result first = shoal("version");
    assertThat(first.exitCode()).isZero();
    assertThat(first.err()).contains("first time: downloads");
    assertThat(shoal("version").err()).isEmpty();
    assertThat(mavenCalls()).hasSize(1);

    Path source = Files.writeString(home.resolve("config/src/main/A.java"), "");
    later(source);
    assertThat(shoal("version").err()).contains("building Shoal").doesNotContain("first time");
    assertThat(mavenCalls()).hasSize(2);
  }

  @Test
  void shouldNotBuildForTestsDocsOrOutputs() throws Exception {
    shoal("version");
    for (String file : List.of("docs/a.md", "a/src/test/A.java", "a/target/src/main/A.java")) {
      Path path = home.resolve(file);
      Files.createDirectories(path.getParent());
      later(Files.writeString(path, ""));
    }
    assertThat(shoal("version").err()).isEmpty();
    assertThat(mavenCalls()).hasSize(1);
  }

  @Test
  void shouldShowErrorsAndLogOfFailedBuild() throws Exception {
    maven("echo '[ERROR] A.java:[3,1] cannot find symbol'; exit 1");
    Result result = shoal("demo");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err())
        .contains("[ERROR] A.java:[3,1] cannot find symbol")
        .contains("the build failed; the whole log is in " + home.toRealPath());
    assertThat(shoal("demo").exitCode()).as("a failed build does not count").isEqualTo(1);
  }

  @Test
  void shouldNameTheNetworkAsTheCause() throws Exception {
    maven("echo '[ERROR] Could not transfer artifact a:b:pom:1'; exit 1");
    Result result = shoal("demo");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("a download failed: check the network");
  }

  @Test
  void shouldNameTheFullDiskAsTheCause() throws Exception {
    maven("echo '[ERROR] A.class: No space left on device'; exit 1");
    assertThat(shoal("demo").err()).contains("the disk is full");
  }

  @Test
  void shouldBuildOnceForTwoFirstRuns() throws Exception {
    maven("sleep 2");
    Process other = start(Map.of("JAVA_HOME", jdk.toString()), home.resolve("shoal"), "version");
    Result result = shoal("version");
    assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(List.of(result.exitCode(), other.exitValue())).containsOnly(0);
    assertThat(mavenCalls()).hasSize(1);
  }

  @Test
  void shouldTakeOverLockOfDeadBuild() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Files.createDirectories(home.resolve("target/launcher"));
    Files.createSymbolicLink(home.resolve("target/launcher/lock"), Path.of("owner-" + dead.pid()));
    assertThat(shoal("version").exitCode()).isZero();
    assertThat(mavenCalls()).hasSize(1);
  }

  @Test
  void shouldShowTestCountsAndPassOnMavensExitCode() throws Exception {
    maven(
        """
        echo noise
        echo '[INFO] Tests run: 4, Failures: 0, Errors: 0, Skipped: 1'
        echo '[ERROR] Tests run: 3, Failures: 1, Errors: 1, Skipped: 0'
        exit 7
        """);
    Result result = shoal("test");
    assertThat(result.exitCode()).isEqualTo(7);
    assertThat(result.out())
        .contains("Building Shoal :: config")
        .contains("[INFO] Tests run: 4, Failures: 0, Errors: 0, Skipped: 1")
        .contains("tests: 7 run, 2 failed, 1 skipped")
        .doesNotContain("noise");
    assertThat(result.err()).contains("the tests failed; the whole log is in");
    assertThat(mavenCalls()).singleElement().asString().contains("verify");
  }

  @Test
  void shouldRunOnlyUnitTestsWhenAsked() throws Exception {
    assertThat(shoal("test", "--unit").exitCode()).isZero();
    assertThat(mavenCalls()).singleElement().asString().contains("package").doesNotContain("skip");
    assertThat(shoal("version").err()).as("tests build too").isEmpty();
  }

  @Test
  void shouldLeaveOtherWordsAfterTestToTheCommandLine() throws Exception {
    assertThat(shoal("test", "--help").out()).endsWith("<test>\n<--help>\n");
    assertThat(shoal("test", "--unti").out()).endsWith("<test>\n<--unti>\n");
  }

  private Result shoal(String... arguments) throws Exception {
    return run(Map.of("JAVA_HOME", jdk.toString()), home.resolve("shoal"), arguments);
  }

  private Result run(Map<String, String> environment, Path launcher, String... arguments)
      throws Exception {
    Process process = start(environment, launcher, arguments);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Result(
        process.exitValue(),
        Files.readString(root.resolve(process.pid() + ".out")),
        Files.readString(root.resolve(process.pid() + ".err")));
  }

  /** Leaves its output in files named by the process id. */
  private Process start(Map<String, String> environment, Path launcher, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    // The inner shell becomes the launcher, so that the id is known when the files are opened.
    command.addAll(
        List.of("sh", "-c", "exec \"$0\" \"$@\" >\"$FILES/$$.out\" 2>\"$FILES/$$.err\""));
    command.add(launcher.toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(elsewhere.toFile());
    builder.environment().keySet().removeAll(List.of("JAVA_HOME", "SHOAL_JAVA_OPTS"));
    builder.environment().putAll(environment);
    builder.environment().put("FILES", root.toString());
    return builder.start();
  }

  private List<String> mavenCalls() throws IOException {
    Path calls = home.resolve("maven-calls");
    return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
  }

  private void maven(String behaviour) throws IOException {
    program(home.resolve("mvnw"), MAVEN.formatted(behaviour));
  }

  private static void later(Path file) throws IOException {
    FileTime soon = FileTime.from(Instant.now().plus(Duration.ofSeconds(5)));
    Files.setLastModifiedTime(file, soon);
  }

  private static void program(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
