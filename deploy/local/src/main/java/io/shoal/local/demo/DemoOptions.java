package io.shoal.local.demo;

import io.shoal.config.ConfigException;
import io.shoal.config.Suggestions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a run of the demo does. Made by {@link #defaults} or {@link #builder}; an instance is valid.
 *
 * @param transactions file to replay, {@code .csv} or {@code .csv.gz}; null for the simulation
 * @param limit transactions to send at most; {@link #NO_LIMIT} for all
 * @param rate transactions per second; {@link #MAX_RATE} for as many as the pipeline takes
 * @param labelDelay from a fraud to its label, by the event clock
 * @param predictions file to write one line per prediction to, {@code .csv} or {@code .csv.gz};
 *     null for none
 * @param headless whether to run without the live view and to end when the input is through
 * @param kernel one of {@link #KERNELS}
 * @param portBase first of the ports to listen on; 0 for free ones
 * @param dataDir folder of the state that a second run goes on from
 * @param fresh whether to start over
 * @param seed of the simulation and of the learner
 */
public record DemoOptions(
    @Nullable Path transactions,
    long limit,
    double rate,
    Duration labelDelay,
    @Nullable Path predictions,
    boolean headless,
    String kernel,
    int portBase,
    Path dataDir,
    boolean fresh,
    long seed) {
  /** No bound on the number of transactions. */
  public static final long NO_LIMIT = Long.MAX_VALUE;

  /** As many transactions per second as the pipeline takes. */
  public static final double MAX_RATE = Double.POSITIVE_INFINITY;

  /** Transactions per second unless said otherwise. */
  public static final double RATE_DEFAULT = 1_000;

  /** From a fraud to its label unless said otherwise. */
  public static final Duration LABEL_DELAY_DEFAULT = Duration.ofDays(7);

  /** Seed unless said otherwise. */
  public static final long SEED_DEFAULT = 42;

  /** The kernels to choose from. */
  public static final List<String> KERNELS = List.of("auto", "simd", "scalar", "opencl");

  private static final double RATE_MIN = 0.001;
  private static final Duration LABEL_DELAY_MAX = Duration.ofDays(365);
  private static final int PORT_BASE_MIN = 1_024;
  private static final int PORT_BASE_MAX = 65_000;
  private static final Pattern DELAY = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  /**
   * Checks every value but not the files' contents.
   *
   * @throws ConfigException when a value is out of bounds or a file is missing; the message says
   *     what to do
   */
  public DemoOptions {
    if (transactions != null && !Files.isReadable(transactions)) {
      throw new ConfigException(
          "--transactions " + transactions + ": no such file, or not readable; check the path");
    }
    if (transactions != null && Files.isDirectory(transactions)) {
      throw new ConfigException(
          "--transactions " + transactions + " is a folder; pass a .csv or .csv.gz file");
    }
    require(
        transactions == null
            || predictions == null
            || !transactions
                .toAbsolutePath()
                .normalize()
                .equals(predictions.toAbsolutePath().normalize()),
        "--predictions " + predictions + " would overwrite the transactions; pass another path");
    require(limit >= 1, "--limit " + limit + ": must be at least 1; leave it out for no limit");
    require(
        rate >= RATE_MIN,
        "--rate " + rate + ": must be at least " + RATE_MIN + " per second, or 'max'");
    require(
        !labelDelay.isNegative() && labelDelay.compareTo(LABEL_DELAY_MAX) <= 0,
        "--label-delay " + labelDelay + ": must be within 0s..365d");
    require(
        KERNELS.contains(kernel),
        "--kernel "
            + kernel
            + ": "
            + Suggestions.nearest(kernel, KERNELS)
                .map(k -> "did you mean '" + k + "'?")
                .orElse("choose one of " + String.join(", ", KERNELS)));
    require(
        portBase == 0 || (portBase >= PORT_BASE_MIN && portBase <= PORT_BASE_MAX),
        "--port-base "
            + portBase
            + ": must be within "
            + PORT_BASE_MIN
            + ".."
            + PORT_BASE_MAX
            + ", or 0 for free ports");
  }

  /** The defaults on this data folder. */
  public static DemoOptions defaults(Path dataDir) {
    return builder(dataDir).build();
  }

  /** A builder that holds the defaults. */
  public static Builder builder(Path dataDir) {
    return new Builder(dataDir);
  }

  /**
   * Reads a rate: transactions per second, or {@code max}.
   *
   * @throws ConfigException when it is neither
   */
  public static double parseRate(String text) {
    if (text.equalsIgnoreCase("max")) {
      return MAX_RATE;
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new ConfigException(
          "--rate " + text + ": pass transactions per second, for instance 1000, or 'max'", e);
    }
  }

  /**
   * Reads a duration such as {@code 7d}, {@code 12h}, {@code 30m}, {@code 10s}, {@code 500ms}.
   *
   * @throws ConfigException when it is none
   */
  public static Duration parseDelay(String text) {
    Matcher matcher = DELAY.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new ConfigException(
          "--label-delay " + text + ": pass a number and a unit of ms, s, m, h or d, as in 7d");
    }
    long n = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(n);
      case "s" -> Duration.ofSeconds(n);
      case "m" -> Duration.ofMinutes(n);
      case "h" -> Duration.ofHours(n);
      default -> Duration.ofDays(n);
    };
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new ConfigException(message);
    }
  }

  /** Collects the options that differ from the defaults. */
  public static final class Builder {
    private final Path dataDir;
    private @Nullable Path transactions;
    private long limit = NO_LIMIT;
    private double rate = RATE_DEFAULT;
    private Duration labelDelay = LABEL_DELAY_DEFAULT;
    private @Nullable Path predictions;
    private boolean headless;
    private String kernel = "auto";
    private int portBase;
    private boolean fresh;
    private long seed = SEED_DEFAULT;

    private Builder(Path dataDir) {
      this.dataDir = dataDir;
    }

    /** File to replay; null for the simulation. */
    public Builder transactions(@Nullable Path file) {
      this.transactions = file;
      return this;
    }

    /** Transactions to send at most. */
    public Builder limit(long transactionsMax) {
      this.limit = transactionsMax;
      return this;
    }

    /** Transactions per second. */
    public Builder rate(double perSecond) {
      this.rate = perSecond;
      return this;
    }

    /** From a fraud to its label. */
    public Builder labelDelay(Duration delay) {
      this.labelDelay = delay;
      return this;
    }

    /** File to write predictions to; null for none. */
    public Builder predictions(@Nullable Path file) {
      this.predictions = file;
      return this;
    }

    /** Without the live view. */
    public Builder headless(boolean on) {
      this.headless = on;
      return this;
    }

    /** One of {@link #KERNELS}. */
    public Builder kernel(String name) {
      this.kernel = name;
      return this;
    }

    /** First port; 0 for free ones. */
    public Builder portBase(int port) {
      this.portBase = port;
      return this;
    }

    /** Starts over. */
    public Builder fresh(boolean on) {
      this.fresh = on;
      return this;
    }

    /** Seed of the simulation and of the learner. */
    public Builder seed(long value) {
      this.seed = value;
      return this;
    }

    /**
     * The options.
     *
     * @throws ConfigException when a value is out of bounds or a file is missing
     */
    public DemoOptions build() {
      return new DemoOptions(
          transactions,
          limit,
          rate,
          labelDelay,
          predictions,
          headless,
          kernel,
          portBase,
          dataDir,
          fresh,
          seed);
    }
  }
}
