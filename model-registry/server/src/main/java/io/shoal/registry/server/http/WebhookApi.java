package io.shoal.registry.server.http;

import com.linecorp.armeria.common.ResponseEntity;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Delete;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import com.linecorp.armeria.server.annotation.ProducesJson;
import com.linecorp.armeria.server.annotation.StatusCode;
import io.shoal.registry.server.events.WebhookSignature;
import io.shoal.registry.server.security.Caller;
import io.shoal.registry.server.store.Delivery;
import io.shoal.registry.server.store.Names;
import io.shoal.registry.server.store.Webhook;
import io.shoal.registry.server.store.Webhooks;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Webhooks: who is told of changes, and what they are still to be told. */
@ProducesJson
final class WebhookApi {
  private static final int URL_MAX = 2_000;

  private final Webhooks webhooks;

  WebhookApi(Webhooks webhooks) {
    this.webhooks = webhooks;
  }

  /**
   * A webhook to be.
   *
   * @param model whose changes; null for all
   * @param secret in the form of Standard Webhooks; null for a new one
   */
  record WebhookBody(
      @Nullable String url, @Nullable String model, @Nullable String secret, @Nullable String by) {}

  /** A new webhook, and the only time that its secret is shown. */
  record NewWebhook(Webhook webhook, String secret) {}

  @Get("/webhooks")
  public ResponseEntity<List<Webhook>> list(
      @Param @Default("0") long after, @Param @Default("100") int limit) {
    return Paging.page(webhooks.page(after, Inputs.page(limit)), limit, "after", Webhook::id);
  }

  @Post("/webhooks")
  @StatusCode(201)
  public NewWebhook add(Caller caller, WebhookBody body) {
    String url = Inputs.required("url", body.url(), URL_MAX);
    requireHttp(url);
    String model = body.model() == null ? "" : Names.requireModel(body.model());
    String secret =
        body.secret() == null
            ? WebhookSignature.newSecret()
            : WebhookSignature.requireSecret(body.secret());
    return new NewWebhook(webhooks.add(url, secret, model, Inputs.name(caller, body.by())), secret);
  }

  @Get("/webhooks/{id}/deliveries")
  public ResponseEntity<List<Delivery>> waiting(
      @Param long id, @Param @Default("0") long after, @Param @Default("100") int limit) {
    return Paging.page(
        webhooks.waiting(id, after, Inputs.page(limit)), limit, "after", Delivery::id);
  }

  @Delete("/webhooks/{id}")
  @StatusCode(204)
  public void delete(Caller caller, @Param long id, @Param @Default("") String by) {
    webhooks.delete(id, Inputs.name(caller, by));
  }

  private static void requireHttp(String url) {
    try {
      URI address = URI.create(url);
      String scheme = String.valueOf(address.getScheme());
      if (address.getHost() != null && (scheme.equals("http") || scheme.equals("https"))) {
        return;
      }
    } catch (IllegalArgumentException e) {
      throw Inputs.invalid("'url' is no URL: " + e.getMessage());
    }
    throw Inputs.invalid("'url' must be an http or https URL with a host");
  }
}
