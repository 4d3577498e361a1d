package io.shoal.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * The first thing in a child's JVM: it runs another main class, and ends the JVM when its standard
 * input does. The parent holds the other end of that pipe, so that the child goes with its parent
 * however that one ends, {@code kill -9} included.
 */
final class ChildProcess {
  private ChildProcess() {}

  /** Runs the main class that the first argument names, with the rest. */
  public static void main(String[] args) throws Exception {
    Thread watch = new Thread(ChildProcess::endWithParent, "parent-watch");
    watch.setDaemon(true);
    watch.start();
    Class.forName(args[0])
        .getMethod("main", String[].class)
        .invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
  }

  private static void endWithParent() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      System.err.println("the pipe to the parent broke: " + e);
    }
    System.exit(0);
  }
}
