package io.shoal.registry.server.http;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.shoal.registry.client.Sha256;
import java.util.Arrays;

/** Gives each answer to a GET an entity tag, and answers 304 to who has it already (RFC 9110). */
final class Conditional implements DecoratingHttpServiceFunction {
  @Override
  public HttpResponse serve(
      HttpService delegate, ServiceRequestContext context, HttpRequest request) throws Exception {
    HttpResponse response = delegate.serve(context, request);
    if (request.method() != HttpMethod.GET) {
      return response;
    }
    String known = request.headers().get(HttpHeaderNames.IF_NONE_MATCH, "");
    return HttpResponse.of(response.aggregate().thenApply(answer -> tagged(answer, known)));
  }

  private static HttpResponse tagged(AggregatedHttpResponse answer, String known) {
    if (!answer.status().equals(HttpStatus.OK)) {
      return answer.toHttpResponse();
    }
    String tag = tag(answer.content().array());
    if (matches(known, tag)) {
      return HttpResponse.of(
          ResponseHeaders.of(HttpStatus.NOT_MODIFIED, HttpHeaderNames.ETAG, tag));
    }
    return HttpResponse.of(
        answer.headers().toBuilder().set(HttpHeaderNames.ETAG, tag).build(), answer.content());
  }

  /** The entity tag of a body. */
  static String tag(byte[] body) {
    return "\"" + Sha256.hex(body).substring(0, 32) + "\"";
  }

  /** Whether a list of entity tags, as in If-Match and If-None-Match, names this one. */
  static boolean matches(String list, String tag) {
    return Arrays.stream(list.split(","))
        .map(String::strip)
        .anyMatch(one -> one.equals("*") || one.equals(tag) || one.equals("W/" + tag));
  }
}
