package io.shoal.kmeans;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Points that looked too odd to learn from, the latest few thousand: a label takes one out, drift
 * takes them all.
 */
final class Quarantine {
  /** Bounds the memory: with the default percentile these stand for four million events. */
  static final int CAPACITY = 4_096;

  private final int d;
  private float[] rows = {};
  private int size;

  /** Which one makes room for the next, once it is full. */
  private int oldest;

  Quarantine(int d) {
    this.d = d;
  }

  int size() {
    return size;
  }

  /** Takes the point that starts at {@code at}. */
  void add(float[] points, int at) {
    if (rows.length == 0) {
      rows = new float[CAPACITY * d];
    }
    if (size < CAPACITY) {
      System.arraycopy(points, at, rows, size * d, d);
      size++;
    } else {
      System.arraycopy(points, at, rows, oldest * d, d);
      oldest = (oldest + 1) % CAPACITY;
    }
  }

  /** Takes out a point that equals this one; returns whether there was one. */
  boolean remove(float[] x) {
    for (int i = 0; i < size; i++) {
      if (equal(x, i * d)) {
        size--;
        System.arraycopy(rows, size * d, rows, i * d, d);
        return true;
      }
    }
    return false;
  }

  /** Takes out all points, {@code [size * d]}. */
  float[] drain() {
    float[] all = new float[size * d];
    System.arraycopy(rows, 0, all, 0, all.length);
    size = 0;
    oldest = 0;
    return all;
  }

  void writeTo(DataOutput out) throws IOException {
    out.writeInt(size);
    out.writeInt(oldest);
    for (int i = 0; i < size * d; i++) {
      out.writeFloat(rows[i]);
    }
  }

  void readFrom(DataInput in) throws IOException {
    size = in.readInt();
    oldest = in.readInt();
    if (size < 0 || size > CAPACITY || oldest < 0 || oldest >= CAPACITY) {
      throw new IOException("quarantine of " + size + " points, the oldest at " + oldest);
    }
    rows = new float[size == 0 ? 0 : CAPACITY * d];
    for (int i = 0; i < size * d; i++) {
      rows[i] = in.readFloat();
    }
  }

  private boolean equal(float[] x, int at) {
    for (int f = 0; f < d; f++) {
      if (x[f] != rows[at + f]) {
        return false;
      }
    }
    return true;
  }
}
