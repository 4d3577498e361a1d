package io.shoal.local.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shoal.local.demo.Demo;
import io.shoal.local.demo.DemoOptions;
import io.shoal.local.demo.DemoTarget;
import io.shoal.local.stack.DataDirectory;
import io.shoal.local.stack.LocalStack;
import io.shoal.pipeline.Pipeline;
import io.shoal.schemas.AvroSerdes;
import io.shoal.schemas.SchemaRegistry;
import io.shoal.schemas.avro.Transaction;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** The console in a browser, against a demo that runs. */
class ConsoleIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String HOSTILE =
      "<script>window.pwned=1</script><img src=x onerror=\"window.pwned=1\">";
  private static final String AXE = "META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";

  /** Address of each page, and what it must show. */
  private static final Map<String, String> PAGES =
      Map.of(
          "", "Newest alerts",
          "live", "Live predictions",
          "models", "Audit log",
          "clusters", "All clusters",
          "quality", "By version",
          "drift", "Mean squared distance",
          "letters", "Dead letters",
          "train", "1. File");

  @TempDir static Path folder;
  private static Browser browser;
  private static DataDirectory data;
  private static LocalStack stack;
  private static Demo demo;
  private static String url;

  @BeforeAll
  static void start() throws Exception {
    browser = Browser.start();
    data = DataDirectory.open(folder.resolve("data"), false);
    stack = new LocalStack(data, Pipeline.of("demo", "", Map.of()), 0, part -> {});
    demo =
        new Demo(
            DemoOptions.builder(folder.resolve("demo"))
                .rate(1_500)
                .labelDelay(Duration.ofDays(1))
                .build(),
            new DemoTarget(
                stack.bootstrapServers(), stack.schemaRegistryUrl(), stack.topics(), () -> 0L));
    demo.start();
    url = stack.modelRegistryUrl();
    send("anna", transaction(HOSTILE));
    send("<b>bob</b>", "{\"amount\": 12}".getBytes(StandardCharsets.UTF_8));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                get("/console/predictions?decision=REVIEW&limit=1").contains("transactionId")
                    && get("/models/default/versions").contains("\"version\":3,"));
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
    if (demo != null) {
      demo.close();
      stack.close();
      data.close();
    }
  }

  @Test
  void shouldShowEveryPageToEverybodyOnEveryScreen() throws IOException {
    for (Map.Entry<String, String> page : PAGES.entrySet()) {
      for (String theme : List.of("light", "dark")) {
        browser.size(1_280, 900);
        browser.open(url + "/#/" + page.getKey());
        browser.theme(theme);
        browser.awaitText("main", page.getValue());
        assertAccessible(page.getKey() + " " + theme);
      }
      browser.size(390, 844);
      assertThat(browser.beyondWidth()).as("wider than a phone: " + page.getKey()).isEmpty();
      assertThat(browser.problems()).as("console of " + page.getKey()).isEmpty();
    }
  }

  @Test
  void shouldPaintWithinASecondAndWeighLessThanAMegabyte() {
    browser.size(1_280, 900);
    double paintMs = Double.POSITIVE_INFINITY;
    for (int i = 0; i < 5; i++) {
      browser.open("about:blank");
      browser.open(url + "/#/");
      browser.awaitText("main", "Newest alerts");
      browser.find("canvas");
      Number paint =
          (Number)
              browser.script(
                  "return performance.getEntriesByName('first-contentful-paint')[0].startTime");
      // The best of some: a test machine has other things to do.
      paintMs = Math.min(paintMs, paint.doubleValue());
    }
    Number bytes =
        (Number)
            browser.script(
                "return performance.getEntriesByType('resource').filter(e => !e.name.includes('/api/'))"
                    + ".reduce((sum, e) => sum + e.decodedBodySize, 0)");
    assertThat(paintMs).isLessThan(1_000);
    assertThat(bytes.longValue()).isBetween(50_000L, 1_000_000L);
  }

  @Test
  void shouldLetAPromotionByClicksReachTheSidecar() throws Exception {
    browser.size(1_280, 900);
    browser.open(url + "/#/models?model=default&version=2");
    browser.awaitText("#version", "Version 2");
    browser.click("#promote");
    browser.find("dialog input[maxlength='200']");
    List<WebElement> inputs =
        browser.find("dialog").findElements(By.cssSelector("input, textarea"));
    assertThat(inputs).hasSize(3);
    inputs.get(1).sendKeys("ann");
    inputs.get(2).sendKeys("for the <b>test</b>");
    browser.click("dialog button:not([type])");
    browser.awaitText(".toasts", "champion is version 2");

    await()
        .atMost(PATIENCE)
        .until(() -> get("/console/predictions?limit=1").contains("\"version\":2,"));
    assertThat(get("/models/default/audit?limit=5")).contains("for the <b>test</b>");
    browser.awaitText("main", "for the <b>test</b>");
    assertThat(browser.problems()).isEmpty();
  }

  @Test
  void shouldShowHostileNamesAsText() throws Exception {
    browser.size(1_280, 900);
    await()
        .atMost(PATIENCE)
        .until(() -> get("/console/predictions?entity=anna").contains("script"));
    browser.open(url + "/#/live?entity=anna");
    browser.awaitText("main", "<script>window.pwned=1</script>");
    browser.open(url + "/#/transaction?id=" + URLEncoder.encode(HOSTILE, StandardCharsets.UTF_8));
    browser.awaitText("main", "Original record");
    assertThat(browser.text()).contains("<script>window.pwned=1</script>", "terminal_id");
    assertThat(browser.script("return window.pwned")).isNull();
    assertThat(browser.problems()).isEmpty();
  }

  @Test
  void shouldExplainAnAlert() throws Exception {
    Matcher id =
        Pattern.compile("\"transactionId\":\"([^\"]+)\"")
            .matcher(get("/console/predictions?decision=REVIEW&limit=1"));
    assertThat(id.find()).isTrue();
    browser.size(1_280, 900);
    browser.open(url + "/#/transaction?id=" + id.group(1));
    browser.awaitText("main", "Its features beside what is usual");
    browser.awaitText("main", "What would have made it pass");
    assertThat(browser.text()).contains("terminal_id", "amount_to_customer_mean_30d");
    assertAccessible("transaction");
    assertThat(browser.problems()).isEmpty();
  }

  @Test
  void shouldSendADeadLetterAgain() throws Exception {
    browser.size(1_280, 900);
    browser.open(url + "/#/letters");
    browser.awaitText("main", "undecodable");
    browser.click("details > summary");
    browser.awaitText("main", "{\"amount\": 12}");
    browser.click("article button");
    browser.find("dialog input").sendKeys("ann");
    browser.click("dialog button:not([type])");
    browser.awaitText(".toasts", "Sent to transactions again");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(get("/console/dead-letters").split("\"reason\"", -1)).hasSize(3));
  }

  @Test
  void shouldTrainFromAFileAndRegisterTheResult() throws Exception {
    Path file = folder.resolve("points.csv");
    Random random = new Random(1);
    StringBuilder text = new StringBuilder("row_id,amount,count,who,fraud\n");
    for (int i = 0; i < 2_000; i++) {
      int odd = i % 100 == 0 ? 1 : 0;
      text.append(
          "%d,%.3f,%.3f,<i>ann</i>,%d%n"
              .formatted(
                  i,
                  i % 2 * 50 + random.nextGaussian() + odd * 30,
                  5 + random.nextGaussian() - odd * 20,
                  odd));
    }
    Files.writeString(file, text);
    browser.size(1_280, 900);
    browser.open(url + "/#/train");
    browser.find("#file").sendKeys(file.toString());
    browser.awaitText("main", "2,000 rows, 5 columns");
    browser.click("#train");
    browser.awaitText("main", "What was found");
    browser.awaitText("main", "Alerts at a capacity");
    assertAccessible("train");
    browser.click("#register");
    browser.find("dialog").findElements(By.cssSelector("input")).get(1).sendKeys("ann");
    browser.click("dialog button:not([type])");
    browser.awaitText(".toasts", "from-file version 1: ready");
    browser.awaitText("main", "Version 1");
    assertThat(get("/models/from-file/versions/1")).contains("\"amount\",\"count\"");
    assertThat(browser.problems()).isEmpty();
  }

  private static void assertAccessible(String page) throws IOException {
    try (InputStream in = ConsoleIT.class.getClassLoader().getResourceAsStream(AXE)) {
      browser.script(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
    Object violations =
        browser.asyncScript(
            "const done = arguments[arguments.length - 1]; axe.run().then(r => done(r.violations.map("
                + "v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 200)).join(' | '))));");
    assertThat((List<?>) violations).as("axe on " + page).isEmpty();
  }

  private static String get(String path) throws Exception {
    return HTTP.send(
            HttpRequest.newBuilder(URI.create(url + "/api/v1" + path)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static byte[] transaction(String id) {
    return new AvroSerdes(SchemaRegistry.at(stack.schemaRegistryUrl()))
        .of(Transaction.class)
        .serializer()
        .serialize(
            stack.topics().transactions(),
            new Transaction(
                id, Instant.parse("2018-04-01T12:00:00Z"), "anna", "<i>shop</i>", 999.5));
  }

  private static void send(String key, byte[] value) throws Exception {
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", stack.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(stack.topics().transactions(), key, value)).get();
    }
  }
}
