package io.shoal.features;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/** The handbook's transactions in columns, in event-time order. */
record HandbookData(
    int size, long[] timesMs, int[] customers, int[] terminals, double[] amounts, boolean[] fraud) {

  static Path file() {
    return Path.of(
        System.getProperty("shoal.shared", "../../shared"),
        "data",
        "transactions-2018-04-01-to-2018-08-14.csv.gz");
  }

  static boolean isHere() {
    return Files.exists(file());
  }

  static HandbookData read(Path file) throws IOException {
    int capacity = 2_000_000;
    long[] timesMs = new long[capacity];
    int[] customers = new int[capacity];
    int[] terminals = new int[capacity];
    double[] amounts = new double[capacity];
    boolean[] fraud = new boolean[capacity];
    int n = 0;
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file), 1 << 16),
                StandardCharsets.US_ASCII))) {
      reader.readLine();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String[] fields = line.split(",", -1);
        timesMs[n] = Instant.parse(fields[1]).toEpochMilli();
        customers[n] = Integer.parseInt(fields[2]);
        terminals[n] = Integer.parseInt(fields[3]);
        amounts[n] = Double.parseDouble(fields[4]);
        fraud[n++] = fields[5].equals("1");
      }
    }
    return new HandbookData(n, timesMs, customers, terminals, amounts, fraud);
  }

  /** The rows of each entity, in order. */
  int[][] rowsBy(IntUnaryOperator entityOf) {
    int entities = 1 + IntStream.range(0, size).map(entityOf).max().orElse(-1);
    int[] counts = new int[entities];
    for (int i = 0; i < size; i++) {
      counts[entityOf.applyAsInt(i)]++;
    }
    int[][] rows = Arrays.stream(counts).mapToObj(int[]::new).toArray(int[][]::new);
    Arrays.fill(counts, 0);
    for (int i = 0; i < size; i++) {
      int entity = entityOf.applyAsInt(i);
      rows[entity][counts[entity]++] = i;
    }
    return rows;
  }
}
