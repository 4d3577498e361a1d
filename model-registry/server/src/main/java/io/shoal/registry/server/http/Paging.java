package io.shoal.registry.server.http;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseEntity;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.List;
import java.util.function.Function;

/** A page of a list, with the address of the next one in a Link header (RFC 8288). */
final class Paging {
  private Paging() {}

  /**
   * @param parameter of the address that says where the next page begins
   * @param last what it must be after the last entry of this page
   */
  static <T> ResponseEntity<List<T>> page(
      List<T> entries, int limit, String parameter, Function<T, Object> last) {
    if (entries.size() < limit) {
      return ResponseEntity.of(entries);
    }
    String next =
        ServiceRequestContext.current().path()
            + "?"
            + parameter
            + "="
            + last.apply(entries.get(entries.size() - 1))
            + "&limit="
            + limit;
    return ResponseEntity.of(
        ResponseHeaders.of(HttpStatus.OK, HttpHeaderNames.LINK, "<" + next + ">; rel=\"next\""),
        entries);
  }
}
