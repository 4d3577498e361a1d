package io.shoal.cli;

import io.shoal.local.demo.DemoSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;

/** Repaints what has changed, in place, below what stands on the terminal already. */
final class ScreenView implements LiveView {
  private static final int WIDTH_MIN = 40;

  private final SnapshotText text;
  private final Terminal terminal;
  private final Display display;
  private final Attributes attributes;
  private Size size = new Size();
  private List<AttributedString> shown = new ArrayList<>();

  ScreenView(SnapshotText text, Terminal terminal) {
    this.text = text;
    this.terminal = terminal;
    this.display = new Display(terminal, false);
    this.attributes = terminal.getAttributes();
    // What is typed, Ctrl-C too, would be written into the view.
    Attributes silent = new Attributes(attributes);
    silent.setLocalFlag(LocalFlag.ECHO, false);
    terminal.setAttributes(silent);
    terminal.puts(Capability.cursor_invisible);
  }

  @Override
  public void show(DemoSnapshot snapshot) {
    size = new Size(Math.max(terminal.getWidth(), WIDTH_MIN), Math.max(terminal.getHeight(), 2));
    // A column and a row stay free, so that nothing wraps or scrolls. JLine changes the list it is
    // given.
    shown = new ArrayList<>();
    text.screen(snapshot, size.getColumns() - 1, size.getRows() - 1)
        .forEach(l -> shown.add(new AttributedString(l)));
    repaint();
  }

  @Override
  public void close() {
    try {
      repaint();
      terminal.puts(Capability.cursor_visible);
      terminal.writer().println();
      terminal.setAttributes(attributes);
      terminal.close();
    } catch (IOException e) {
      throw new UncheckedIOException("giving the terminal back", e);
    }
  }

  /** Leaves the cursor at the end, so that whatever is written next comes below. */
  private void repaint() {
    int last = shown.size() - 1;
    display.resize(size.getRows(), size.getColumns());
    display.update(shown, last < 0 ? 0 : size.cursorPos(last, shown.get(last).columnLength()));
  }
}
