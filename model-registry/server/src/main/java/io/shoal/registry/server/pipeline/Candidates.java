package io.shoal.registry.server.pipeline;

import io.shoal.kmeans.AnomalyScorer;
import io.shoal.registry.client.InvalidModelException;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.server.store.Names;
import io.shoal.schemas.avro.ModelVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.jspecify.annotations.Nullable;

/** Checks candidates, and turns versions into the bytes that are kept and back. */
public final class Candidates {
  private static final int HASH_LENGTH = 64;
  private static final SpecificDatumWriter<ModelVersion> WRITER =
      new SpecificDatumWriter<>(ModelVersion.class);
  private static final SpecificDatumReader<ModelVersion> READER =
      new SpecificDatumReader<>(ModelVersion.class);

  private Candidates() {}

  /**
   * Why a candidate cannot even be kept, or null when it can: it names itself so that no row could
   * hold it.
   */
  public static @Nullable String misfit(ModelVersion candidate) {
    if (!Names.isModel(candidate.getModelName())) {
      return "model name '" + candidate.getModelName() + "': " + Names.RULE;
    }
    if (candidate.getJobId().length() > Names.LENGTH_MAX) {
      return "job id of " + candidate.getJobId().length() + " characters";
    }
    if (candidate.getChecksum().length() > HASH_LENGTH
        || candidate.getFingerprint().length() > HASH_LENGTH) {
      return "checksum or fingerprint of more than " + HASH_LENGTH + " characters";
    }
    return null;
  }

  /** Why a candidate must not be used, or null when it may. */
  public static @Nullable String problem(ModelVersion candidate) {
    try {
      // A scorer is what will be made of it: what cannot become one is no model.
      AnomalyScorer scorer = new AnomalyScorer(ModelCodec.decode(candidate));
      return scorer.dimension() == candidate.getFeatures().size() ? null : "wrong dimension";
    } catch (InvalidModelException | IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  /** The Avro body of a version. */
  public static byte[] toBytes(ModelVersion version) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      WRITER.write(version, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  /** Reads what {@link #toBytes} wrote. */
  public static ModelVersion fromBytes(byte[] bytes) {
    try {
      return READER.read(null, DecoderFactory.get().binaryDecoder(bytes, null));
    } catch (IOException e) {
      throw new UncheckedIOException("an artifact in the database cannot be read", e);
    }
  }
}
