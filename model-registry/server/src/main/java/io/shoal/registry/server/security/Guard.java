package io.shoal.registry.server.security;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.util.AttributeKey;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.registry.server.store.RegistryException.Code;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Lets a request through when its caller may do it. */
public final class Guard implements DecoratingHttpServiceFunction {
  private static final AttributeKey<Caller> CALLER = AttributeKey.valueOf(Guard.class, "caller");
  private static final String BEARER = "bearer ";

  private final List<TokenVerifier> verifiers;
  private final Caller anonymous;

  /**
   * A guard.
   *
   * @param anonymous what callers without a token may do
   */
  public Guard(List<TokenVerifier> verifiers, Role anonymous) {
    this.verifiers = List.copyOf(verifiers);
    this.anonymous = new Caller(null, anonymous);
  }

  /** Who makes this request. */
  public static Caller caller(ServiceRequestContext context) {
    Caller caller = context.attr(CALLER);
    if (caller == null) {
      throw new IllegalStateException("no guard before " + context.path());
    }
    return caller;
  }

  @Override
  public HttpResponse serve(
      HttpService delegate, ServiceRequestContext context, HttpRequest request) throws Exception {
    refuseOtherSites(request);
    String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
    if (authorization == null) {
      return admit(anonymous, delegate, context, request);
    }
    if (!authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
      throw unknown();
    }
    String token = authorization.substring(BEARER.length()).strip();
    // A verifier may have to fetch keys.
    return HttpResponse.of(
        CompletableFuture.supplyAsync(() -> verified(token), context.blockingTaskExecutor())
            .thenApply(
                caller -> {
                  try {
                    return admit(caller, delegate, context, request);
                  } catch (Exception e) {
                    throw new CompletionException(e);
                  }
                }));
  }

  /** A page of another site in somebody's browser must not use a registry on loopback. */
  private static void refuseOtherSites(HttpRequest request) {
    @Nullable String origin = request.headers().get(HttpHeaderNames.ORIGIN);
    if (origin != null && !origin.endsWith("://" + request.authority())) {
      throw new RegistryException(
          Code.PERMISSION_DENIED, "requests from pages of " + origin + " are not taken");
    }
  }

  private Caller verified(String token) {
    return verifiers.stream()
        .map(verifier -> verifier.verify(token))
        .flatMap(Optional::stream)
        .findFirst()
        .orElseThrow(Guard::unknown);
  }

  private HttpResponse admit(
      Caller caller, HttpService delegate, ServiceRequestContext context, HttpRequest request)
      throws Exception {
    Role needed = Access.needed(request.method().name(), context.path());
    if (!caller.role().covers(needed)) {
      throw caller.name() == null
          ? unknown()
          : new RegistryException(
              Code.PERMISSION_DENIED,
              caller.name()
                  + " is a "
                  + caller.role()
                  + "; this needs the role "
                  + needed
                  + ", which an admin gives");
    }
    context.setAttr(CALLER, caller);
    return delegate.serve(context, request);
  }

  private static RegistryException unknown() {
    return new RegistryException(
        Code.UNAUTHENTICATED, "send a token that the registry knows: Authorization: Bearer TOKEN");
  }
}
