package io.shoal.registry.server.mlflow;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A page of a search; its token says, for whoever looks, where the next one begins.
 *
 * @param limit of rows
 * @param offset of the first
 */
record Page(int limit, long offset) {
  static Page of(Arguments arguments, int limit, int limitMax) {
    return new Page(
        arguments.limit("max_results", limit, limitMax),
        offset(arguments.textOrEmpty("page_token")));
  }

  /**
   * The answer with these rows.
   *
   * @param rows of the page, and one more where there is a next page
   * @param views of the rows of the page, all at once
   */
  <T> Map<String, Object> answer(String name, List<T> rows, Function<List<T>, List<?>> views) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put(name, views.apply(rows.subList(0, Math.min(limit, rows.size()))));
    if (rows.size() > limit) {
      answer.put("next_page_token", token(offset + limit));
    }
    return answer;
  }

  private static String token(long offset) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(String.valueOf(offset).getBytes(StandardCharsets.US_ASCII));
  }

  private static long offset(String token) {
    if (token.isEmpty()) {
      return 0;
    }
    try {
      long offset =
          Long.parseLong(
              new String(Base64.getUrlDecoder().decode(token), StandardCharsets.US_ASCII));
      if (offset >= 0) {
        return offset;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw Arguments.invalid("Invalid page token; send the next_page_token of the page before");
  }
}
