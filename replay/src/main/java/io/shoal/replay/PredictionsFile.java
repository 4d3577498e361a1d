package io.shoal.replay;

import io.shoal.config.ConfigException;
import io.shoal.schemas.avro.Contribution;
import io.shoal.schemas.avro.Prediction;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A CSV file with one line per prediction, compressed when its name ends in {@code .gz}. The
 * columns are fixed: {@value #HEADER}. What is not known is empty; {@code event_time} is ISO-8601
 * in UTC; {@code top_feature} and {@code top_share} are the feature that contributed most to {@code
 * distance2} and its share.
 */
public final class PredictionsFile implements AutoCloseable {
  /** The first line. */
  public static final String HEADER =
      "transaction_id,score,risk,decision,cluster,distance2,model_version,event_time,"
          + "top_feature,top_share";

  private static final String SPECIAL = ",\"\r\n";
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path file;
  private final Writer writer;
  private final StringBuilder line = new StringBuilder(128);

  /**
   * Creates the file, or empties it.
   *
   * @throws ConfigException when it cannot be written
   */
  public PredictionsFile(Path file) {
    this.file = file;
    try {
      this.writer = open(file);
      writer.append(HEADER).append('\n');
    } catch (IOException e) {
      throw new ConfigException(
          "--predictions " + file + ": cannot be written (" + e + "); pass another path", e);
    }
  }

  /**
   * Adds a line.
   *
   * @throws UncheckedIOException when the disk refuses it
   */
  public void write(Prediction prediction) {
    line.setLength(0);
    text(prediction.getTransactionId());
    number(prediction.getScore());
    number(prediction.getRisk());
    line.append(prediction.getDecision()).append(',');
    number(prediction.getClusterId());
    number(prediction.getDistance2());
    number(prediction.getModelVersion());
    line.append(prediction.getEventTime()).append(',');
    List<Contribution> contributions = prediction.getContributions();
    if (contributions.isEmpty()) {
      line.append(',');
    } else {
      text(contributions.get(0).getFeature());
      line.append(contributions.get(0).getShare());
    }
    line.append('\n');
    try {
      writer.append(line);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public void close() {
    try {
      writer.close();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void number(@Nullable Number value) {
    if (value != null) {
      line.append(value);
    }
    line.append(',');
  }

  private void text(String value) {
    if (needsQuotes(value)) {
      line.append('"').append(value.replace("\"", "\"\"")).append('"');
    } else {
      line.append(value);
    }
    line.append(',');
  }

  private static boolean needsQuotes(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (SPECIAL.indexOf(value.charAt(i)) >= 0) {
        return true;
      }
    }
    return false;
  }

  private UncheckedIOException failed(IOException e) {
    return new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
  }

  private static Writer open(Path file) throws IOException {
    OutputStream bytes = Files.newOutputStream(file);
    try {
      if (file.toString().endsWith(".gz")) {
        bytes = new GZIPOutputStream(bytes, BUFFER_BYTES);
      }
      return new BufferedWriter(
          new OutputStreamWriter(bytes, StandardCharsets.UTF_8), BUFFER_BYTES);
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }
}
