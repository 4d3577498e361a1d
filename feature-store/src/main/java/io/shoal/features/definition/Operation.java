package io.shoal.features.definition;

/**
 * What can be computed from numbers: up to four operands and two constants. A missing operand is
 * NaN, and so is a result that does not exist.
 */
public enum Operation {
  /** {@code ln(1 + a)}; missing for {@code a <= -1}. */
  LOG1P {
    @Override
    public double apply(double a, double b, double c, double d, double p, double q) {
      return a > -1 ? Math.log1p(a) : Double.NaN;
    }
  },
  /** {@code ln(a)}; missing for {@code a <= 0}. */
  LN {
    @Override
    public double apply(double a, double b, double c, double d, double p, double q) {
      return a > 0 ? Math.log(a) : Double.NaN;
    }
  },
  /** {@code max(a, p) / max(b, p)}: a ratio that small values cannot blow up; {@code p > 0}. */
  RATIO {
    @Override
    public double apply(double a, double b, double c, double d, double p, double q) {
      return Math.max(a, p) / Math.max(b, p);
    }
  },
  /** {@code a - b}. */
  DIFFERENCE {
    @Override
    public double apply(double a, double b, double c, double d, double p, double q) {
      return a - b;
    }
  },
  /** {@code a}, held within {@code p .. q}. */
  CLIP {
    @Override
    public double apply(double a, double b, double c, double d, double p, double q) {
      return Math.min(Math.max(a, p), q);
    }
  },
  /**
   * {@code (a - b) / max(c, p)}: how many standard deviations {@code c} above the mean {@code b}.
   */
  ZSCORE {
    @Override
    public double apply(double a, double b, double c, double d, double p, double q) {
      return (a - b) / Math.max(c, p);
    }
  },
  /** {@code sin(2 pi a / p)}: with {@link #COS} it makes the end of a period meet its start. */
  SIN {
    @Override
    public double apply(double a, double b, double c, double d, double p, double q) {
      return Math.sin(2 * Math.PI * a / p);
    }
  },
  /** {@code cos(2 pi a / p)}. */
  COS {
    @Override
    public double apply(double a, double b, double c, double d, double p, double q) {
      return Math.cos(2 * Math.PI * a / p);
    }
  },
  /** {@code a}, or {@code p} where {@code a} is missing. */
  DEFAULT {
    @Override
    public double apply(double a, double b, double c, double d, double p, double q) {
      return Double.isNaN(a) ? p : a;
    }
  },
  /** 1 where {@code a = p}, else 0. */
  EQUALS {
    @Override
    public double apply(double a, double b, double c, double d, double p, double q) {
      return Double.isNaN(a) ? a : a == p ? 1 : 0;
    }
  },
  /** Hour of the day, 0 to 23, of the local time {@code a} in milliseconds. */
  HOUR {
    @Override
    public double apply(double a, double b, double c, double d, double p, double q) {
      return Math.floorDiv(Math.floorMod((long) a, DAY_MS), HOUR_MS);
    }
  },
  /** 1 on Saturday and Sunday of the local time {@code a} in milliseconds, else 0. */
  WEEKEND {
    @Override
    public double apply(double a, double b, double c, double d, double p, double q) {
      // Day 0 of the epoch was a Thursday; counted from Monday, Saturday is 5.
      return Math.floorMod(Math.floorDiv((long) a, DAY_MS) + 3, 7) >= 5 ? 1 : 0;
    }
  },
  /**
   * 1 where the hour of the local time {@code a} in milliseconds is at least {@code p} and below
   * {@code q}, else 0; with {@code p > q} the night begins before midnight.
   */
  NIGHT {
    @Override
    public double apply(double a, double b, double c, double d, double p, double q) {
      double hour = HOUR.apply(a, b, c, d, p, q);
      return (p <= q ? hour >= p && hour < q : hour >= p || hour < q) ? 1 : 0;
    }
  },
  /** Straight distance between the points {@code (a, b)} and {@code (c, d)}. */
  EUCLIDEAN {
    @Override
    public double apply(double a, double b, double c, double d, double p, double q) {
      return Math.hypot(a - c, b - d);
    }
  },
  /**
   * Kilometres over the globe between the points of latitude and longitude {@code (a, b)} and
   * {@code (c, d)} in degrees, by the haversine formula (Sinnott 1984) with the mean radius of the
   * earth.
   */
  HAVERSINE {
    @Override
    public double apply(double a, double b, double c, double d, double p, double q) {
      double sinLatitude = Math.sin(Math.toRadians(c - a) / 2);
      double sinLongitude = Math.sin(Math.toRadians(d - b) / 2);
      double h =
          sinLatitude * sinLatitude
              + Math.cos(Math.toRadians(a))
                  * Math.cos(Math.toRadians(c))
                  * sinLongitude
                  * sinLongitude;
      return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, h)));
    }
  };

  private static final long HOUR_MS = 3_600_000;
  private static final long DAY_MS = 24 * HOUR_MS;
  private static final double EARTH_RADIUS_KM = 6_371.0088;

  /**
   * Computes the result; allocates nothing. Operands and constants that the operation has not are
   * ignored.
   */
  public abstract double apply(double a, double b, double c, double d, double p, double q);
}
