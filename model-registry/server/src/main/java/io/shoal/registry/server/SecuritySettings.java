package io.shoal.registry.server;

import io.shoal.config.ConfigException;
import io.shoal.registry.client.ModelSignature;
import io.shoal.registry.server.security.Guard;
import io.shoal.registry.server.security.JwtVerifier;
import io.shoal.registry.server.security.Role;
import io.shoal.registry.server.security.TokenFile;
import io.shoal.registry.server.security.TokenVerifier;
import io.shoal.registry.server.store.Policy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the configuration says of callers, keys and addresses, checked as a whole. */
final class SecuritySettings {
  private static final Logger log = LoggerFactory.getLogger(SecuritySettings.class);

  private final InetSocketAddress address;
  private final Guard guard;
  private final @Nullable PrivateKey signingKey;

  /**
   * @throws ConfigException when a file cannot be used, or the options do not go together
   */
  SecuritySettings(RegistryConfig config) {
    this.address =
        new InetSocketAddress(
            config.getString(RegistryConfig.HTTP_HOST), config.getInt(RegistryConfig.HTTP_PORT));
    if (address.isUnresolved()) {
      throw new ConfigException(
          RegistryConfig.HTTP_HOST + " '" + address.getHostString() + "' is no address here");
    }
    requireTlsPair(config);
    requireTlsBeyondLoopback(config);
    List<TokenVerifier> verifiers = verifiers(config);
    this.guard = new Guard(verifiers, anonymous(config, !verifiers.isEmpty()));
    this.signingKey = signingKey(config);
    if (config.policy() == Policy.APPROVAL && verifiers.isEmpty()) {
      log.warn(
          "{}={}, but without tokens a caller may be anybody: two names are two people only with {} or {}",
          RegistryConfig.PROMOTION_POLICY,
          config.policy(),
          RegistryConfig.AUTH_TOKENS,
          RegistryConfig.AUTH_JWKS_URL);
    }
  }

  InetSocketAddress address() {
    return address;
  }

  Guard guard() {
    return guard;
  }

  @Nullable PrivateKey signingKey() {
    return signingKey;
  }

  private static List<TokenVerifier> verifiers(RegistryConfig config) {
    List<TokenVerifier> verifiers = new ArrayList<>();
    Path tokens = config.file(RegistryConfig.AUTH_TOKENS);
    if (tokens != null) {
      verifiers.add(new TokenFile(tokens));
    }
    String keys = config.getString(RegistryConfig.AUTH_JWKS_URL);
    String issuer = config.getString(RegistryConfig.AUTH_JWT_ISSUER);
    if (!keys.isEmpty()) {
      if (issuer.isEmpty()) {
        throw new ConfigException(
            RegistryConfig.AUTH_JWKS_URL
                + " needs "
                + RegistryConfig.AUTH_JWT_ISSUER
                + " beside it");
      }
      verifiers.add(
          new JwtVerifier(
              keys,
              issuer,
              config.getString(RegistryConfig.AUTH_JWT_AUDIENCE),
              config.getString(RegistryConfig.AUTH_JWT_ROLE_CLAIM)));
    }
    return verifiers;
  }

  private Role anonymous(RegistryConfig config, boolean tokens) {
    String role = config.getString(RegistryConfig.AUTH_ANONYMOUS_ROLE);
    if (!role.isEmpty()) {
      return Role.of(role).orElseThrow();
    }
    if (tokens) {
      return Role.NONE;
    }
    if (!address.getAddress().isLoopbackAddress()) {
      throw new ConfigException(
          RegistryConfig.HTTP_HOST
              + " "
              + address.getHostString()
              + " is open to others: set "
              + RegistryConfig.AUTH_TOKENS
              + " or "
              + RegistryConfig.AUTH_JWKS_URL
              + ", or say with "
              + RegistryConfig.AUTH_ANONYMOUS_ROLE
              + " what callers without a token may do");
    }
    return Role.ADMIN;
  }

  private static void requireTlsPair(RegistryConfig config) {
    Path certificate = config.file(RegistryConfig.TLS_CERTIFICATE);
    Path key = config.file(RegistryConfig.TLS_KEY);
    if ((certificate == null) != (key == null)) {
      throw new ConfigException(
          RegistryConfig.TLS_CERTIFICATE + " and " + RegistryConfig.TLS_KEY + " go together");
    }
    for (Path file :
        certificate == null || key == null ? List.<Path>of() : List.of(certificate, key)) {
      if (!Files.isReadable(file)) {
        throw new ConfigException("cannot read " + file + " for TLS");
      }
    }
  }

  private void requireTlsBeyondLoopback(RegistryConfig config) {
    if (!address.getAddress().isLoopbackAddress()
        && config.file(RegistryConfig.TLS_CERTIFICATE) == null
        && !config.getBoolean(RegistryConfig.HTTP_PLAIN_ALLOWED)) {
      throw new ConfigException(
          RegistryConfig.HTTP_HOST
              + " "
              + address.getHostString()
              + " is reached over the network: set "
              + RegistryConfig.TLS_CERTIFICATE
              + " and "
              + RegistryConfig.TLS_KEY
              + ", or, where a proxy in front ends TLS, "
              + RegistryConfig.HTTP_PLAIN_ALLOWED
              + "=true");
    }
  }

  private static @Nullable PrivateKey signingKey(RegistryConfig config) {
    Path file = config.file(RegistryConfig.SIGNING_KEY);
    if (file == null) {
      return null;
    }
    try {
      return ModelSignature.privateKey(file);
    } catch (IOException e) {
      throw new ConfigException(
          RegistryConfig.SIGNING_KEY
              + " "
              + file
              + ": "
              + e.getMessage()
              + "; 'openssl genpkey -algorithm ed25519' writes one",
          e);
    }
  }
}
