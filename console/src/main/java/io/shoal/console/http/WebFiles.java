package io.shoal.console.http;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.ServerCacheControl;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.encoding.EncodingService;
import com.linecorp.armeria.server.file.FileService;
import com.linecorp.armeria.server.file.HttpFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The page and what it loads: the same for everybody, so without a token. Scripts and styles come
 * from here alone; what is inline does not run.
 */
public final class WebFiles {
  private static final String FOLDER = "/io/shoal/console/web";
  private static final String CHARTS = "META-INF/maven/org.webjars.npm/chart.js/pom.properties";
  private static final HttpHeaders HEADERS =
      HttpHeaders.builder()
          .add(
              HttpHeaderNames.CONTENT_SECURITY_POLICY,
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                  + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors"
                  + " 'none'")
          .add(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
          .add(HttpHeaderNames.REFERRER_POLICY, "no-referrer")
          .build();

  private WebFiles() {}

  /** Serves the page at {@code /} and the rest under {@code /console/}. */
  public static void addTo(ServerBuilder server) {
    ClassLoader loader = WebFiles.class.getClassLoader();
    HttpService page =
        HttpFile.builder(loader, FOLDER + "/index.html")
            .cacheControl(ServerCacheControl.REVALIDATED)
            .build()
            .asService();
    server.service("/", safe(page));
    server.serviceUnder(
        "/console/charts/",
        safe(files(loader, "/META-INF/resources/webjars/chart.js/" + version(loader) + "/dist")));
    server.serviceUnder("/console/", safe(files(loader, FOLDER)));
  }

  private static HttpService files(ClassLoader loader, String folder) {
    return FileService.builder(loader, folder).cacheControl(ServerCacheControl.REVALIDATED).build();
  }

  private static HttpService safe(HttpService files) {
    return files.decorate(EncodingService.newDecorator()).decorate(WebFiles::withHeaders);
  }

  private static HttpResponse withHeaders(
      HttpService files, ServiceRequestContext context, HttpRequest request) throws Exception {
    context.mutateAdditionalResponseHeaders(headers -> headers.add(HEADERS));
    return files.serve(context, request);
  }

  /** The version of the charts, which stands in the path of its files. */
  private static String version(ClassLoader loader) {
    Properties properties = new Properties();
    try (InputStream in = loader.getResourceAsStream(CHARTS)) {
      if (in == null) {
        throw new IllegalStateException("chart.js is not on the class path");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + CHARTS, e);
    }
    return properties.getProperty("version");
  }
}
