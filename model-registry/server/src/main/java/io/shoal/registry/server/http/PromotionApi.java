package io.shoal.registry.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseEntity;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Delete;
import com.linecorp.armeria.server.annotation.Header;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import com.linecorp.armeria.server.annotation.ProducesJson;
import com.linecorp.armeria.server.annotation.Put;
import com.linecorp.armeria.server.annotation.StatusCode;
import io.shoal.registry.client.ModelAlias;
import io.shoal.registry.client.PromotionRequest;
import io.shoal.registry.server.security.Caller;
import io.shoal.registry.server.store.AliasPolicy;
import io.shoal.registry.server.store.Aliases.Reason;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.registry.server.store.RegistryException.Code;
import io.shoal.registry.server.store.Stores;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Changes of aliases: at once, or by a request that another person approves. */
@ProducesJson
final class PromotionApi {
  private final Stores stores;
  private final AliasPolicy policy;
  private final Runnable moved;
  private final JsonMapper json;

  /**
   * @param moved is run after an alias has moved
   */
  PromotionApi(Stores stores, AliasPolicy policy, Runnable moved, JsonMapper json) {
    this.stores = stores;
    this.policy = policy;
    this.moved = moved;
    this.json = json;
  }

  /**
   * Where an alias is to point, by whom and why.
   *
   * @param from version that it names as far as the caller knows, 0 for none; null to move it
   *     whatever it names
   */
  record PromotionBody(
      @Nullable Long version, @Nullable Long from, @Nullable String by, @Nullable String reason) {}

  /** Who asks for a change, and why. */
  record ChangeBody(@Nullable String by, @Nullable String reason) {}

  /** What is asked for, by whom and why. */
  record RequestBody(
      @Nullable String alias,
      @Nullable Long version,
      @Nullable String by,
      @Nullable String reason) {}

  /** The alias, moved; or, where two people are needed, the request to move it (status 202). */
  @Put("/models/{model}/aliases/{alias}")
  public ResponseEntity<Object> promote(
      Caller caller,
      @Param String model,
      @Param String alias,
      @Header("if-match") Optional<String> known,
      PromotionBody body) {
    if (body.version() == null) {
      throw Inputs.missing("version");
    }
    Reason reason = Inputs.reason(caller, body.by(), body.reason());
    if (policy.needsApproval(alias)) {
      return ResponseEntity.of(
          HttpStatus.ACCEPTED, stores.requests().ask(model, alias, body.version(), reason));
    }
    Long expected =
        known.isPresent() ? Long.valueOf(matching(model, alias, known.get())) : body.from();
    ModelAlias after = stores.aliases().promote(model, alias, body.version(), expected, reason);
    moved.run();
    return ResponseEntity.of(after);
  }

  @Post("/models/{model}/aliases/{alias}/rollback")
  public ModelAlias rollback(
      Caller caller, @Param String model, @Param String alias, ChangeBody body) {
    ModelAlias after =
        stores.aliases().rollback(model, alias, Inputs.reason(caller, body.by(), body.reason()));
    moved.run();
    return after;
  }

  @Delete("/models/{model}/aliases/{alias}/pin")
  public ModelAlias unpin(
      Caller caller,
      @Param String model,
      @Param String alias,
      @Param @Default("") String by,
      @Param @Default("") String reason) {
    return stores.aliases().unpin(model, alias, Inputs.reason(caller, by, reason));
  }

  @Delete("/models/{model}/aliases/{alias}")
  @StatusCode(204)
  public void remove(
      Caller caller,
      @Param String model,
      @Param String alias,
      @Param @Default("") String by,
      @Param @Default("") String reason) {
    policy.requireFree(alias);
    stores.aliases().remove(model, alias, Inputs.reason(caller, by, reason));
    moved.run();
  }

  @Post("/models/{model}/requests")
  @StatusCode(201)
  public PromotionRequest ask(Caller caller, @Param String model, RequestBody body) {
    if (body.version() == null) {
      throw Inputs.missing("version");
    }
    return stores
        .requests()
        .ask(
            model,
            Inputs.required("alias", body.alias(), 100),
            body.version(),
            Inputs.reason(caller, body.by(), body.reason()));
  }

  @Post("/models/{model}/requests/{id}/approve")
  public PromotionRequest approve(
      Caller caller, @Param String model, @Param long id, ChangeBody body) {
    PromotionRequest after =
        stores.requests().approve(model, id, Inputs.reason(caller, body.by(), body.reason()));
    moved.run();
    return after;
  }

  @Post("/models/{model}/requests/{id}/reject")
  public PromotionRequest reject(
      Caller caller, @Param String model, @Param long id, ChangeBody body) {
    return stores.requests().reject(model, id, Inputs.reason(caller, body.by(), body.reason()));
  }

  /** The version of the alias that the caller's entity tag is of. */
  private long matching(String model, String alias, String known) {
    ModelAlias now = stores.aliases().get(model, alias);
    try {
      if (Conditional.matches(known, Conditional.tag(json.writeValueAsBytes(now)))) {
        return now.version();
      }
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("an alias as JSON", e);
    }
    throw new RegistryException(
        Code.PRECONDITION_FAILED,
        "alias '"
            + alias
            + "' has changed since you looked; it names version "
            + now.version()
            + " by now");
  }
}
