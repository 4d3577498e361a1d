package io.shoal.local.console;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The machine's Chromium without a screen, as tests use it. */
final class Browser implements AutoCloseable {
  private static final List<Path> BROWSERS =
      List.of(Path.of("/usr/bin/chromium"), Path.of("/usr/bin/chromium-browser"));
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int TABS_MAX = 100;

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Starts it; the test is skipped where there is none, unless one is required. */
  static Browser start() {
    Path chromium = BROWSERS.stream().filter(Files::isExecutable).findFirst().orElse(null);
    boolean present = chromium != null && Files.isExecutable(DRIVER);
    if (!present && Boolean.parseBoolean(System.getenv("SHOAL_REQUIRE_CHROMIUM"))) {
      throw new IllegalStateException("SHOAL_REQUIRE_CHROMIUM is set, and there is none");
    }
    assumeTrue(present, "needs a browser: apt-get install chromium chromium-driver");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(String.valueOf(chromium));
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--lang=en");
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(DRIVER.toFile())
            .usingAnyFreePort()
            .build();
    return new Browser(new ChromeDriver(service, options));
  }

  void open(String url) {
    driver.get(url);
  }

  void size(int width, int height) {
    driver.manage().window().setSize(new Dimension(width, height));
    // A window has a least width; a phone is emulated.
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  void theme(String name) {
    script(
        "localStorage.setItem('shoal-theme', arguments[0]);"
            + " document.documentElement.dataset.theme = arguments[0];"
            + " dispatchEvent(new Event('shoal-theme'));",
        name);
  }

  Object script(String script, Object... arguments) {
    return ((JavascriptExecutor) driver).executeScript(script, arguments);
  }

  Object asyncScript(String script, Object... arguments) {
    driver.manage().timeouts().scriptTimeout(PATIENCE);
    return driver.executeAsyncScript(script, arguments);
  }

  WebElement find(String css) {
    return waiting().until(ExpectedConditions.presenceOfElementLocated(By.cssSelector(css)));
  }

  void click(String css) {
    waiting().until(ExpectedConditions.elementToBeClickable(By.cssSelector(css))).click();
  }

  /** Presses keys, wherever the focus is. */
  void press(CharSequence... keys) {
    driver.switchTo().activeElement().sendKeys(keys);
  }

  /** Goes on with the Tab key until something with this text has the focus. */
  void tabTo(String text) {
    for (int i = 0; i < TABS_MAX; i++) {
      press(Keys.TAB);
      if (text.equals(driver.switchTo().activeElement().getText())) {
        return;
      }
    }
    throw new NoSuchElementException("the Tab key does not lead to '" + text + "'");
  }

  void awaitText(String css, String text) {
    waiting().until(ExpectedConditions.textToBePresentInElementLocated(By.cssSelector(css), text));
  }

  String text() {
    return find("main").getText();
  }

  /**
   * The elements that make the page wider than its window, outermost first, in the moment before
   * charts are drawn for a new width.
   */
  @SuppressWarnings("unchecked")
  List<String> beyondWidth() {
    return (List<String>)
        script(
            """
            document.querySelectorAll('.chart canvas').forEach(c => c.style.width = '1200px');
            if (document.documentElement.scrollWidth <= innerWidth) return [];
            return [...document.querySelectorAll('body *')]
                .map(e => [e, e.getBoundingClientRect()])
                .filter(([e, box]) => box.right > innerWidth && !e.closest('.scroll'))
                .map(([e, box]) => `${e.tagName} ${e.className} to ${box.right} of ${innerWidth}`);
            """);
  }

  /** What the console of the page said that is wrong. */
  List<String> problems() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.SEVERE.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  private WebDriverWait waiting() {
    return new WebDriverWait(driver, PATIENCE);
  }

  @Override
  public void close() {
    driver.quit();
  }
}
