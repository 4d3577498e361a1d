package io.shoal.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A program that runs the command line under test in a process of its own, as ./shoal does. */
final class Launcher {
  private Launcher() {}

  /** Writes it into a folder; its JVMs are small. */
  static Path in(Path folder) throws IOException {
    Path program = folder.resolve("shoal");
    Files.writeString(
        program,
        """
        #!/bin/sh
        exec '%s' -Xmx600m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC '-Dshoal.launcher=%s' \\
          '-Dshoal.schema.registry.home=%s' -cp '%s' io.shoal.cli.ShoalCommand "$@"
        """
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                program,
                System.getProperty("shoal.schema.registry.home"),
                System.getProperty("java.class.path")));
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }
}
