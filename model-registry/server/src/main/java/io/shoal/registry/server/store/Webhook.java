package io.shoal.registry.server.store;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;

/**
 * Somebody else's address that is told of changes.
 *
 * @param model whose changes; empty for all
 * @param secret signs what is sent, sealed where there is a key; never shown again
 */
public record Webhook(
    long id,
    String url,
    @JsonIgnore String secret,
    String model,
    Instant createdAt,
    String createdBy) {

  Webhook withSecret(String opened) {
    return new Webhook(id, url, opened, model, createdAt, createdBy);
  }

  @Override
  public String toString() {
    return "webhook " + id + " to " + url;
  }
}
