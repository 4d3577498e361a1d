package io.shoal.registry.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A TCP relay on loopback that can be cut and joined again: the other side seems to be away. */
final class Switch implements AutoCloseable {
  private final ServerSocket listening;
  private final int target;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private volatile boolean joined = true;

  Switch(int target) throws IOException {
    this.target = target;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  void cut() {
    joined = false;
    open.forEach(Switch::closed);
    open.clear();
  }

  void join() {
    joined = true;
  }

  @Override
  public void close() throws IOException {
    listening.close();
    cut();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket near = listening.accept();
        if (joined) {
          Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
          open.addAll(List.of(near, far));
          start(() -> relay(near, far));
          start(() -> relay(far, near));
        } else {
          near.close();
        }
      } catch (IOException e) {
        // Closed, or the other side is really away.
      }
    }
  }

  private static void relay(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // Cut.
    } finally {
      closed(from);
      closed(to);
    }
  }

  private static void closed(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "switch");
    thread.setDaemon(true);
    thread.start();
  }
}
