package io.jobtree.scheduler.timeline;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.interactions.WheelInput;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/// Debian's Chromium, without a screen, with a timeline in it.
final class Browser implements AutoCloseable {
    private static final File DRIVER = new File("/usr/bin/chromedriver");
    private static final File CHROMIUM = new File("/usr/bin/chromium");

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    static boolean isInstalled() {
        return DRIVER.canExecute() && CHROMIUM.canExecute();
    }

    static Browser open(int width, int height) {
        var options = new ChromeOptions();
        options.setBinary(CHROMIUM);
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--window-size=" + width + "," + height);
        var logged = new LoggingPreferences();
        logged.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logged);
        var service = new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER)
                .usingAnyFreePort()
                .build();
        return new Browser(new ChromeDriver(service, options));
    }

    void show(Path page) {
        driver.get(page.toUri().toString());
    }

    void prefer(String scheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /// Runs a script, in which `t` is the page's own handle; gives what it returns.
    @SuppressWarnings({"TypeParameterUnusedInFormals", "unchecked"})
    <T> T script(String body, Object... arguments) {
        return (T) Objects.requireNonNull(driver.executeScript("const t = window.timeline;" + body, arguments), body);
    }

    void run(String body) {
        driver.executeScript(body);
    }

    long number(String expression) {
        Object value = script("return Math.round(" + expression + ")");
        return ((Number) value).longValue();
    }

    String text(String id) {
        return driver.findElement(By.id(id)).getText();
    }

    void type(String id, CharSequence... keys) {
        driver.findElement(By.id(id)).sendKeys(keys);
    }

    void press(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
    }

    void moveTo(int x, int y) {
        new Actions(driver).moveToLocation(x, y).perform();
    }

    void click(int x, int y) {
        new Actions(driver).moveToLocation(x, y).click().perform();
    }

    void doubleClick(int x, int y) {
        new Actions(driver).moveToLocation(x, y).doubleClick().perform();
    }

    void wheel(int x, int y, int by) {
        new Actions(driver)
                .scrollFromOrigin(WheelInput.ScrollOrigin.fromViewport(x, y), 0, by)
                .perform();
    }

    /// Waits until all has been drawn that was asked for.
    void awaitFrame() {
        driver.manage().timeouts().scriptTimeout(Duration.ofSeconds(20));
        driver.executeAsyncScript(
                "const done = arguments[0];" + "requestAnimationFrame(() => requestAnimationFrame(() => done()));");
    }

    List<String> errors() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.SEVERE.intValue())
                .map(LogEntry::getMessage)
                .toList();
    }

    void screenshot(Path file) throws IOException {
        awaitFrame();
        Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
