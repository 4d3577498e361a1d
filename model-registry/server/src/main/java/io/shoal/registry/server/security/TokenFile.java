package io.shoal.registry.server.security;

import io.shoal.config.ConfigException;
import io.shoal.registry.client.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Bearer tokens from a file that holds their hashes only: a line each, {@code NAME ROLE
 * SHA-256-OF-THE-TOKEN}; empty lines and those that begin with # are none.
 */
public final class TokenFile implements TokenVerifier {
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern NAME = Pattern.compile("[^\\s:]{1,200}");

  private final Map<String, Caller> callers = new HashMap<>();

  /**
   * Reads the file.
   *
   * @throws ConfigException when it cannot be read or a line is not as it must be
   */
  public TokenFile(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new ConfigException("auth.tokens.file: cannot read " + file + ": " + e, e);
    }
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        add(line.split("\\s+"), file + " line " + (i + 1));
      }
    }
  }

  private void add(String[] words, String place) {
    Optional<Role> role = words.length == 3 ? Role.of(words[1]) : Optional.empty();
    String hash = words.length == 3 ? words[2].toLowerCase(Locale.ROOT) : "";
    if (role.isEmpty() || !NAME.matcher(words[0]).matches() || !HASH.matcher(hash).matches()) {
      // The line itself may hold a secret that stands there by mistake.
      throw new ConfigException(
          place
              + " must be NAME ROLE SHA-256 with a role of reader, publisher, promoter or admin, and"
              + " the hash as 'printf %s TOKEN | sha256sum' writes it");
    }
    if (callers.put(hash, new Caller(words[0], role.get())) != null) {
      throw new ConfigException(place + " has the token of a line before; give each its own");
    }
  }

  @Override
  public Optional<Caller> verify(String token) {
    return Optional.ofNullable(callers.get(Sha256.hex(token)));
  }
}
