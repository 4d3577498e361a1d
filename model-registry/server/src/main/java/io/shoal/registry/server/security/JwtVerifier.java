package io.shoal.registry.server.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.shoal.config.ConfigException;
import java.net.MalformedURLException;
import java.net.URI;
import java.text.ParseException;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bearer tokens that an OpenID provider has signed; its keys are fetched and kept for a while. */
public final class JwtVerifier implements TokenVerifier {
  private static final Logger log = LoggerFactory.getLogger(JwtVerifier.class);
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384);

  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
  private final String roleClaim;

  /**
   * A verifier.
   *
   * @param keys URL of the provider's JWKS
   * @param roleClaim claim with the role, a word or a list of words
   * @throws ConfigException when the URL is none
   */
  public JwtVerifier(String keys, String issuer, String audience, String roleClaim) {
    this.roleClaim = roleClaim;
    try {
      JWKSource<SecurityContext> source =
          JWKSourceBuilder.create(URI.create(keys).toURL()).retrying(true).build();
      processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, source));
    } catch (MalformedURLException | IllegalArgumentException e) {
      throw new ConfigException("auth.jwks.url '" + keys + "' is no URL: " + e.getMessage(), e);
    }
    processor.setJWTClaimsSetVerifier(
        new DefaultJWTClaimsVerifier<>(
            audience, new JWTClaimsSet.Builder().issuer(issuer).build(), Set.of("sub", "exp")));
  }

  @Override
  public Optional<Caller> verify(String token) {
    try {
      JWTClaimsSet claims = processor.process(token, null);
      return Optional.of(new Caller(claims.getSubject(), role(claims.getClaim(roleClaim))));
    } catch (ParseException | BadJOSEException e) {
      log.debug("refused a JWT: {}", e.getMessage());
      return Optional.empty();
    } catch (JOSEException e) {
      log.warn("cannot check a JWT: {}", e.getMessage());
      return Optional.empty();
    }
  }

  /** The first word that is a role; a subject without one may nothing. */
  private static Role role(Object claim) {
    Collection<?> words = claim instanceof Collection<?> several ? several : Set.of(claim + "");
    return words.stream()
        .flatMap(word -> Role.of(String.valueOf(word)).stream())
        .findFirst()
        .orElse(Role.NONE);
  }
}
