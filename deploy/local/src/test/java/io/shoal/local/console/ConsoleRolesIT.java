package io.shoal.local.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.kmeans.KMeans;
import io.shoal.registry.client.ModelCodec;
import io.shoal.registry.client.ModelMetadata;
import io.shoal.registry.client.ModelRegistryClient;
import io.shoal.registry.client.Sha256;
import io.shoal.registry.server.ModelRegistryServer;
import io.shoal.registry.server.RegistryConfig;
import io.shoal.registry.server.pipeline.Candidates;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The console of a registry that knows roles, in a browser. There is no Kafka, as on a bad day. */
class ConsoleRolesIT {
  private static final String MODEL = "cards";

  @TempDir static Path folder;
  private static Browser browser;
  private static ModelRegistryServer registry;
  private static ModelRegistryClient client;

  @BeforeAll
  static void start() throws Exception {
    browser = Browser.start();
    Path tokens =
        Files.writeString(
            folder.resolve("tokens"),
            "rita reader %s%npia publisher %s%npaul promoter %s%n"
                .formatted(Sha256.hex("rita-s"), Sha256.hex("pia-s"), Sha256.hex("paul-s")));
    registry =
        new ModelRegistryServer(
            new RegistryConfig(
                Map.of(
                    RegistryConfig.BOOTSTRAP_SERVERS, "127.0.0.1:1",
                    RegistryConfig.SCHEMA_REGISTRY_URL, "http://127.0.0.1:1",
                    RegistryConfig.DATA_DIR, folder.resolve("registry").toString(),
                    RegistryConfig.HTTP_PORT, "0",
                    RegistryConfig.AUTH_TOKENS, tokens.toString(),
                    RegistryConfig.AUTH_ANONYMOUS_ROLE, "reader")));
    registry.start();
    client = new ModelRegistryClient(URI.create(registry.url()), "pia-s");
    for (long sequence = 1; sequence <= 2; sequence++) {
      ModelMetadata metadata =
          new ModelMetadata(
              MODEL,
              Instant.EPOCH,
              Instant.EPOCH,
              "job",
              sequence,
              "f",
              List.of("x", "y"),
              Map.of(),
              Map.of(),
              List.of());
      float[][] rows = {{0, 0}, {0, 1}, {9, 9}, {9, 8 + sequence}};
      client.register(MODEL, Candidates.toBytes(ModelCodec.encode(KMeans.fit(rows, 2), metadata)));
    }
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
    if (registry != null) {
      registry.close();
    }
  }

  @BeforeEach
  void openAsNobody() {
    browser.size(1_280, 900);
    browser.open(registry.url() + "/");
    browser.script("sessionStorage.clear()");
    browser.open("about:blank");
    browser.open(registry.url() + "/#/models?model=" + MODEL + "&version=1");
    browser.awaitText("#version", "Version 1");
  }

  @Test
  void shouldShowEverythingAndOfferNothingWithoutAToken() {
    assertThat(browser.text()).contains("Audit log", "champion");
    assertThat(browser.script("return document.getElementById('promote')")).isNull();
    browser.open(registry.url() + "/#/train");
    browser.awaitText("main", "This needs the role publisher");
  }

  @Test
  void shouldSayWhatIsWrongWithAToken() {
    signIn("nobody-s");
    browser.awaitText("dialog", "send a token that the registry knows");
    browser.press(Keys.ESCAPE);
    assertThat(browser.script("return sessionStorage.getItem('shoal-token')")).isNull();
  }

  @Test
  void shouldOfferNoPromotionToAPublisher() {
    signIn("pia-s");
    browser.awaitText(".toasts", "Signed in as pia, publisher");
    browser.awaitText("#version", "Version 1");
    assertThat(browser.script("return document.getElementById('promote')")).isNull();
    browser.open(registry.url() + "/#/train");
    browser.awaitText("main", "Choose a CSV file");
    browser.click("#account");
    browser.awaitText("main", "This needs the role publisher");
    assertThat(browser.script("return sessionStorage.getItem('shoal-token')")).isNull();
  }

  @Test
  void shouldSayWhyWhenTheRoleWasTakenAway() {
    signIn("paul-s");
    browser.click("#promote");
    browser.find("dialog textarea").sendKeys("try");
    // As if paul had been made a reader since.
    browser.script("sessionStorage.setItem('shoal-token', 'rita-s')");
    browser.click("dialog button:not([type])");
    browser.awaitText("dialog", "rita is a reader; this needs the role promoter");
    browser.press(Keys.ESCAPE);
  }

  @Test
  void shouldBeUsedWithTheKeyboardAlone() {
    browser.open("about:blank");
    browser.open(registry.url() + "/#/");
    browser.awaitText("main", "Newest alerts");
    browser.tabTo("Models");
    browser.press(Keys.ENTER);
    browser.awaitText("#version", "Version 2");
    browser.tabTo("1");
    browser.press(Keys.ENTER);
    browser.awaitText("#version h2", "Version 1");

    browser.tabTo("Sign in (now: reader)");
    browser.press(Keys.ENTER);
    browser.find("dialog input");
    browser.press("paul-s", Keys.ENTER);
    browser.awaitText(".toasts", "Signed in as paul, promoter");
    browser.find("#promote");
    browser.tabTo("Promote");
    browser.press(Keys.ENTER);
    browser.find("dialog textarea");
    browser.press(Keys.ESCAPE);
    assertThat(browser.script("return document.activeElement.id")).isEqualTo("promote");
    browser.press(Keys.ENTER);
    browser.find("dialog textarea");
    browser.press(Keys.TAB);
    browser.press("seen with the keyboard alone");
    browser.tabTo("Promote");
    browser.press(Keys.ENTER);

    browser.awaitText(".toasts", "champion is version 1");
    assertThat(client.audit(MODEL, Long.MAX_VALUE, 1))
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.changedBy()).isEqualTo("paul");
              assertThat(entry.toVersion()).isEqualTo(1);
              assertThat(entry.reason()).isEqualTo("seen with the keyboard alone");
            });
    assertThat(browser.problems()).isEmpty();
  }

  private static void signIn(String token) {
    browser.click("#account");
    browser.find("dialog input").sendKeys(token, Keys.ENTER);
  }
}
