package io.shoal.embedded;

import io.shoal.config.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Ports on the loopback interface. */
public final class Ports {
  private static final int PORT_MAX = 65_535;

  private Ports() {}

  /** A port that nothing listens on at this moment. */
  public static int free() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port on the loopback interface", e);
    }
  }

  /**
   * The wanted port, or a free one for 0.
   *
   * @throws ConfigException when the wanted port is taken or out of range
   */
  public static int freeOr(int wanted, String what) {
    if (wanted == 0) {
      return free();
    }
    if (wanted < 0 || wanted > PORT_MAX) {
      throw new ConfigException(
          "port " + wanted + " for the " + what + " is not within 1.." + PORT_MAX);
    }
    try (ServerSocket socket = new ServerSocket()) {
      // As servers do it: a connection of the last run that lingers in TIME_WAIT is no reason to
      // refuse.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
      return wanted;
    } catch (IOException e) {
      throw new ConfigException(
          "port "
              + wanted
              + " for the "
              + what
              + " is taken ("
              + e.getMessage()
              + "); stop what listens there or choose other ports",
          e);
    }
  }
}
