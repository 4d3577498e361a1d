package io.shoal.cli.doctor;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks at this machine: Java, cores, memory, disk. */
public final class MachineCheck {
  private static final int JAVA_MIN = 17;
  private static final String VECTORS = "jdk.incubator.vector";
  private static final long GIB = 1L << 30;
  private static final long MEMORY_MIN = 2 * GIB;
  private static final long DISK_MIN = GIB;
  private static final long DISK_WANTED = 5 * GIB;

  private MachineCheck() {}

  /**
   * What is found of it.
   *
   * @param state folder in which pipelines keep their state; need not be there yet
   */
  public static List<Finding> findings(Path state) {
    List<Finding> findings = new ArrayList<>();
    findings.add(java());
    findings.add(vectors());
    findings.add(Finding.ok("cores", String.valueOf(Runtime.getRuntime().availableProcessors())));
    findings.add(memory());
    findings.add(disk(state));
    return findings;
  }

  private static Finding java() {
    int version = Runtime.version().feature();
    String what =
        Runtime.version()
            + ", "
            + System.getProperty("java.vm.name")
            + ", "
            + System.getProperty("java.home");
    return version >= JAVA_MIN
        ? Finding.ok("java", what)
        : Finding.failure("java", what, "install a JDK 17, or set JAVA_HOME to one");
  }

  private static Finding vectors() {
    return ModuleFinder.ofSystem().find(VECTORS).isPresent()
        ? Finding.ok("vectors", VECTORS + " is there, for the kernel 'simd'")
        : Finding.warning(
            "vectors",
            "this Java has no " + VECTORS + "; the slower kernel 'scalar' computes the same",
            "take a JDK with all its modules instead of a reduced runtime");
  }

  private static Finding memory() {
    long bytes =
        ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean system
            ? system.getTotalMemorySize()
            : 0;
    String what = gib(bytes);
    return bytes == 0 || bytes >= MEMORY_MIN
        ? Finding.ok("memory", what)
        : Finding.warning(
            "memory",
            what + "; a whole pipeline takes some 1.5 GiB",
            "run its parts on several machines: 'shoal start'");
  }

  private static Finding disk(Path state) {
    Path there = state.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    try {
      long free = Files.getFileStore(there).getUsableSpace();
      String what = gib(free) + " free for " + state;
      if (!Files.isWritable(there)) {
        return Finding.failure("disk", there + " cannot be written", "give this user the right to");
      }
      if (free < DISK_MIN) {
        return Finding.failure("disk", what, "free some space; 5 GiB are enough for a while");
      }
      return free < DISK_WANTED
          ? Finding.warning(
              "disk", what, "free some space: a broker of its own keeps 128 MiB of each partition")
          : Finding.ok("disk", what);
    } catch (IOException e) {
      return Finding.warning("disk", "cannot look at " + there + ": " + e, "is it mounted?");
    }
  }

  private static String gib(long bytes) {
    return "%.1f GiB".formatted((double) bytes / GIB);
  }
}
