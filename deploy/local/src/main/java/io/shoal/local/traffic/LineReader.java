package io.shoal.local.traffic;

import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;

/**
 * Reads lines as slices of one buffer. A line that does not fit is cut, never held in full, so that
 * a file without line ends costs no memory. Lines end with LF or CRLF.
 */
final class LineReader implements Closeable {
  private final Reader reader;
  private final char[] buffer;
  private int position;
  private int filled;
  private int start;
  private int end;
  private boolean cut;
  private long number;

  /** Reads from here lines of this length at most. */
  LineReader(Reader reader, int charsMax) {
    this.reader = reader;
    this.buffer = new char[charsMax];
  }

  /** Goes on to the next line; false at the end. */
  boolean next() throws IOException {
    start = position;
    int lineFeed = seekLineFeed();
    if (lineFeed < 0 && filled == start) {
      return false;
    }
    number++;
    cut = lineFeed < 0 && filled == buffer.length && filled - start == buffer.length;
    end = lineFeed < 0 ? filled : lineFeed;
    position = lineFeed < 0 ? filled : lineFeed + 1;
    if (end > start && buffer[end - 1] == '\r') {
      end--;
    }
    return true;
  }

  /** Where the line's characters are: from {@link #start} to {@link #end}, until the next call. */
  char[] buffer() {
    return buffer;
  }

  /** Index of the line's first character. */
  int start() {
    return start;
  }

  /** Index after the line's last character. */
  int end() {
    return end;
  }

  /** The line as a string. */
  String line() {
    return new String(buffer, start, end - start);
  }

  /** Number of the line, from 1. */
  long number() {
    return number;
  }

  /** Whether the line is longer than the buffer; then the slice is its beginning. */
  boolean isCut() {
    return cut;
  }

  /** Goes to the end of a line that was cut; the slice is lost. */
  void skipRest() throws IOException {
    int lineFeed;
    do {
      filled = Math.max(0, reader.read(buffer, 0, buffer.length));
      lineFeed = indexOfLineFeed(0);
    } while (lineFeed < 0 && filled > 0);
    position = lineFeed + 1;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  /** Index of the current line's LF, read on as needed; -1 when there is none in reach. */
  private int seekLineFeed() throws IOException {
    int searched = start;
    while (true) {
      int lineFeed = indexOfLineFeed(searched);
      if (lineFeed >= 0) {
        return lineFeed;
      }
      if (start > 0) {
        System.arraycopy(buffer, start, buffer, 0, filled - start);
        filled -= start;
        start = 0;
      }
      searched = filled;
      if (filled == buffer.length) {
        return -1;
      }
      int read = reader.read(buffer, filled, buffer.length - filled);
      if (read < 0) {
        return -1;
      }
      filled += read;
    }
  }

  private int indexOfLineFeed(int from) {
    for (int i = from; i < filled; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }
}
