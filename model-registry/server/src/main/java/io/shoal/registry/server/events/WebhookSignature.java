package io.shoal.registry.server.events;

import io.shoal.registry.server.store.RegistryException;
import io.shoal.registry.server.store.RegistryException.Code;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signatures after Standard Webhooks (standardwebhooks.com), for which there are libraries in every
 * language: HMAC-SHA256 over {@code id.timestamp.body}, in Base64 after {@code v1,}; a secret is
 * Base64 after {@code whsec_}.
 */
public final class WebhookSignature {
  private static final String PREFIX = "whsec_";
  private static final int SECRET_BYTES = 32;
  private static final int SECRET_BYTES_MIN = 24;
  private static final int SECRET_BYTES_MAX = 64;

  private WebhookSignature() {}

  /** A random secret. */
  public static String newSecret() {
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    return PREFIX + Base64.getEncoder().encodeToString(bytes);
  }

  /**
   * The secret, when it has the right form.
   *
   * @throws RegistryException when it has not; the message does not repeat it
   */
  public static String requireSecret(String secret) {
    try {
      if (secret.startsWith(PREFIX)) {
        int length = key(secret).length;
        if (length >= SECRET_BYTES_MIN && length <= SECRET_BYTES_MAX) {
          return secret;
        }
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new RegistryException(
        Code.INVALID_PARAMETER_VALUE,
        "'secret' must be 'whsec_' and 24 to 64 bytes in Base64; leave it out for a new one");
  }

  /** The signature of one delivery. */
  public static String sign(String secret, String id, long timestampSeconds, String body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key(secret), "HmacSHA256"));
      byte[] signed =
          mac.doFinal((id + "." + timestampSeconds + "." + body).getBytes(StandardCharsets.UTF_8));
      return "v1," + Base64.getEncoder().encodeToString(signed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private static byte[] key(String secret) {
    return Base64.getDecoder().decode(secret.substring(PREFIX.length()));
  }
}
