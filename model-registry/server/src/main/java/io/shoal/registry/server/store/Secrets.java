package io.shoal.registry.server.store;

import io.shoal.config.ConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals secrets that the database keeps, so that a copy of it gives none away: AES-256-GCM with a
 * nonce of its own for each, in Base64 after {@code sealed:}.
 */
public final class Secrets {
  /** Keeps secrets as they are. */
  public static final Secrets PLAIN = new Secrets(null);

  private static final String PREFIX = "sealed:";
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final @Nullable SecretKey key;
  private final SecureRandom random = new SecureRandom();

  private Secrets(@Nullable SecretKey key) {
    this.key = key;
  }

  /**
   * Seals with the key in a file.
   *
   * @param file 32 bytes in Base64; null to keep secrets as they are
   * @throws ConfigException when it has no such key
   */
  public static Secrets of(@Nullable Path file) {
    if (file == null) {
      return PLAIN;
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(Files.readString(file).strip());
      if (bytes.length == KEY_BYTES) {
        return new Secrets(new SecretKeySpec(bytes, "AES"));
      }
    } catch (IOException e) {
      throw new ConfigException("cannot read the key " + file + ": " + e, e);
    } catch (IllegalArgumentException e) {
      // Said below, without repeating what stands there.
    }
    throw new ConfigException(
        file + " has no key of 32 bytes in Base64; 'openssl rand -base64 32' makes one");
  }

  /** What the database keeps of a secret. */
  String seal(String secret) {
    if (key == null) {
      return secret;
    }
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      Cipher cipher = Cipher.getInstance(CIPHER);
      cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
      byte[] sealed = cipher.doFinal(secret.getBytes(StandardCharsets.UTF_8));
      return PREFIX
          + Base64.getEncoder()
              .encodeToString(
                  ByteBuffer.allocate(nonce.length + sealed.length).put(nonce).put(sealed).array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + CIPHER, e);
    }
  }

  /**
   * The secret again; one that was kept as it is stays so.
   *
   * @throws ConfigException when it was sealed with another key
   */
  String open(String kept) {
    if (!kept.startsWith(PREFIX)) {
      return kept;
    }
    if (key == null) {
      throw new ConfigException("the secrets of webhooks are sealed; set webhooks.key.file");
    }
    byte[] bytes = Base64.getDecoder().decode(kept.substring(PREFIX.length()));
    try {
      Cipher cipher = Cipher.getInstance(CIPHER);
      cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, bytes, 0, NONCE_BYTES));
      return new String(
          cipher.doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES), StandardCharsets.UTF_8);
    } catch (GeneralSecurityException e) {
      throw new ConfigException(
          "the secrets of webhooks were sealed with another key than webhooks.key.file has", e);
    }
  }
}
