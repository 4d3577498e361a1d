package io.shoal.registry.client;

import io.shoal.schemas.avro.ModelUpdate;
import io.shoal.schemas.avro.ModelVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The Ed25519 signature (RFC 8032) of a registry over what it announces: model, alias, version, who
 * promoted it when, the features, and the checksum that stands for all numbers. Whoever can write
 * to the topic but has not the key can neither change a version nor put one under another alias.
 */
public final class ModelSignature {
  private static final String ALGORITHM = "Ed25519";

  private ModelSignature() {}

  /** Signs an update; a signature that it had is replaced. */
  public static void sign(ModelUpdate update, PrivateKey key) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      signature.update(canonical(update));
      update.setSignature(ByteBuffer.wrap(signature.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("signing with " + key.getAlgorithm(), e);
    }
  }

  /**
   * Checks an update's signature. The checksum must have been checked against the numbers before,
   * as {@link ModelCodec#decode} does.
   *
   * @throws InvalidModelException when it has none or was signed by none of the keys
   */
  public static void require(ModelUpdate update, List<PublicKey> keys) {
    ByteBuffer signature = update.getSignature();
    if (signature == null) {
      throw invalid(update, "it is not signed; set signing.key.file in the registry");
    }
    byte[] bytes = new byte[signature.remaining()];
    signature.duplicate().get(bytes);
    byte[] canonical = canonical(update);
    if (keys.stream().noneMatch(key -> verifies(canonical, bytes, key))) {
      throw invalid(update, "its signature is by none of the trusted keys, or it was changed");
    }
  }

  /**
   * Reads a private key as {@code openssl genpkey -algorithm ed25519} writes it (PKCS #8, PEM).
   *
   * @throws IOException when it cannot be read, with what is wrong
   */
  public static PrivateKey privateKey(Path file) throws IOException {
    try {
      return KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(pem(file)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("no Ed25519 private key in PEM form (PKCS #8)", e);
    }
  }

  /**
   * Reads a public key as {@code openssl pkey -pubout} writes it (X.509, PEM).
   *
   * @throws IOException when it cannot be read, with what is wrong
   */
  public static PublicKey publicKey(Path file) throws IOException {
    try {
      return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(pem(file)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("no Ed25519 public key in PEM form (X.509)", e);
    }
  }

  private static boolean verifies(byte[] canonical, byte[] bytes, PublicKey key) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initVerify(key);
      signature.update(canonical);
      return signature.verify(bytes);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static byte[] canonical(ModelUpdate update) {
    ModelVersion version = update.getVersion();
    List<String> parts = new ArrayList<>();
    parts.add("shoal-model-update-1");
    parts.add(update.getModelName());
    parts.add(update.getAlias());
    parts.add(String.valueOf(update.getPromotedAt().toEpochMilli()));
    parts.add(update.getPromotedBy());
    parts.add(version.getModelName());
    parts.add(String.valueOf(version.getVersion()));
    parts.add(version.getFingerprint());
    parts.add(version.getChecksum());
    parts.addAll(version.getFeatures());
    return String.join("\u0000", parts).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] pem(Path file) throws IOException {
    return Base64.getMimeDecoder()
        .decode(
            Files.readString(file, StandardCharsets.US_ASCII).replaceAll("-----[^-]*-----", ""));
  }

  private static InvalidModelException invalid(ModelUpdate update, String problem) {
    return new InvalidModelException(
        update.getModelName(), update.getVersion().getVersion(), problem);
  }
}
