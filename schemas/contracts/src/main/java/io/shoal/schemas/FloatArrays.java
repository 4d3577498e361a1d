package io.shoal.schemas;

import java.io.IOException;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import org.apache.avro.generic.PrimitivesArrays;
import org.apache.avro.io.Encoder;

/**
 * Flat {@code float[]} on our side, Avro's {@code List<Float>} on the other, without boxing a copy.
 */
public final class FloatArrays {
  private FloatArrays() {}

  /** A read-only view of the array; later changes of the array show through. */
  public static List<Float> asList(float[] values) {
    return new View(values);
  }

  /** A new array with the list's values. */
  public static float[] toArray(List<Float> values) {
    float[] array = new float[values.size()];
    copy(values, array, 0);
    return array;
  }

  /** Copies the list's values into the target from this position on. */
  public static void copy(List<Float> values, float[] target, int position) {
    int size = values.size();
    if (values instanceof PrimitivesArrays.FloatArray floats) {
      for (int i = 0; i < size; i++) {
        target[position + i] = floats.getFloat(i);
      }
    } else {
      for (int i = 0; i < size; i++) {
        target[position + i] = values.get(i);
      }
    }
  }

  static boolean isView(List<?> values) {
    return values instanceof View;
  }

  /** Writes the items of a view. */
  static void write(List<?> view, Encoder out) throws IOException {
    for (float value : ((View) view).values) {
      out.startItem();
      out.writeFloat(value);
    }
  }

  private static final class View extends AbstractList<Float> implements RandomAccess {
    private final float[] values;

    View(float[] values) {
      this.values = values;
    }

    @Override
    public Float get(int index) {
      return values[index];
    }

    @Override
    public int size() {
      return values.length;
    }
  }
}
