package io.shoal.kmeans;

/** Between feature units and units of the scales. */
final class Scaling {
  private Scaling() {}

  /** The factors to units of the scales, {@code 1 / s}. */
  static float[] inverse(float[] scales) {
    float[] inverse = new float[scales.length];
    for (int f = 0; f < scales.length; f++) {
      inverse[f] = 1 / scales[f];
    }
    return inverse;
  }

  /** Divides one point by the scales. */
  static void scale(float[] x, float[] inverseScales, float[] out) {
    for (int f = 0; f < inverseScales.length; f++) {
      out[f] = x[f] * inverseScales[f];
    }
  }

  /** Divides {@code n} points by the scales into a new array {@code [n * d]}. */
  static float[] scaled(float[] points, int n, float[] inverseScales) {
    float[] scaled = new float[n * inverseScales.length];
    scale(points, n, inverseScales, scaled);
    return scaled;
  }

  /** Divides {@code n} points by the scales. */
  static void scale(float[] points, int n, float[] inverseScales, float[] out) {
    int d = inverseScales.length;
    for (int i = 0, p = 0; i < n; i++) {
      for (int f = 0; f < d; f++, p++) {
        out[p] = points[p] * inverseScales[f];
      }
    }
  }
}
