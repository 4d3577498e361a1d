package io.shoal.registry.server.http;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Header;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.streaming.ServerSentEvents;
import io.shoal.registry.server.events.EventFeed;
import java.util.Optional;

/** The stream of changes. */
final class EventApi {
  private final EventFeed feed;

  EventApi(EventFeed feed) {
    this.feed = feed;
  }

  /** Server-sent events; goes on after the id that the client saw last, or with what comes. */
  @Get("/events")
  public HttpResponse events(
      ServiceRequestContext context,
      @Param @Default("") String model,
      @Header("last-event-id") Optional<String> lastSeen) {
    context.clearRequestTimeout();
    return ServerSentEvents.fromPublisher(feed.subscribe(model, lastSeen.map(EventApi::id)));
  }

  private static long id(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw Inputs.invalid("Last-Event-ID must be the id of an event, not '" + text + "'");
    }
  }
}
