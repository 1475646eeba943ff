package io.jobtree.scheduler.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

@Tag("full")
@DisplayName("Timeline: the page, in Chromium")
final class TimelinePageTest {
    private static final int MANY = 10_000;
    private static final int BARS_X = 800;

    @TempDir
    private static Path folder;

    private static Browser browser;
    private static Path shop;

    @BeforeAll
    static void openBrowser() throws Exception {
        assumeTrue(Browser.isInstalled(), "Chromium is not installed: apt-get install chromium chromium-driver");
        shop = folder.resolve("shop.html");
        ShopRun.record(shop, folder.resolve("shop.pftrace"));
        browser = Browser.open(1280, 900);
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @AfterEach
    void consoleHasNoErrors() {
        assertThat(browser.errors()).isEmpty();
    }

    private static void show(Path page) {
        browser.show(page);
        browser.awaitFrame();
    }

    /// A bar as it was drawn.
    private record Box(long id, double y, double width) {}

    private static List<Box> drawn() {
        List<List<Number>> boxes = browser.script("return t.state.drawn.map((box) => [box.id, box.y, box.width])");
        return boxes.stream()
                .map(box -> new Box(
                        box.get(0).longValue(),
                        box.get(1).doubleValue(),
                        box.get(2).doubleValue()))
                .toList();
    }

    private static long y(String path) {
        Number row = browser.script("return t.state.rows.find((node) => node.path === arguments[0]).row", path);
        return browser.number("document.getElementById('rows').getBoundingClientRect().top")
                + 26
                + row.longValue() * 22
                + 11;
    }

    private static long span() {
        return browser.number("t.view.span");
    }

    @Test
    void page_hasABarForEachJobInView_oneBelowTheOther() {
        show(shop);
        var bars = drawn();
        assertThat(bars.size()).isBetween(20, 45);
        assertThat(bars).extracting(Box::id).doesNotHaveDuplicates();
        assertThat(bars).extracting(Box::y).isSorted().doesNotHaveDuplicates();
        assertThat(bars).allSatisfy(bar -> assertThat(bar.width()).isPositive());
        long rows = browser.number("t.state.rows.length");
        assertThat(rows).isEqualTo(browser.number("t.jobs.length + t.roots.length"));
    }

    @Test
    void page_paintsTheBars_pendingLighterThanRunning() {
        show(shop);
        String pixels = browser.script("""
                const shown = t.jobs.filter((job) => job.started > 0 && t.state.drawn.some((box) => box.id === job.id));
                const job = shown.sort((a, b) => b.started - b.spawned - (a.started - a.spawned))[0];
                const to = document.getElementById("chart").getContext("2d");
                const bar = t.state.drawn.find((box) => box.id === job.id);
                const at = (time) => t.state.namesWidth + t.view.x(time, document.getElementById("rows").clientWidth - t.state.namesWidth);
                const opacity = (time) => Array.from(to.getImageData(at(time), bar.y + 6, 1, 1).data).at(3);
                return opacity((job.spawned + job.started) / 2) < opacity((job.started + job.stopped) / 2) - 60 ? "lighter" : "not lighter";
                """);
        assertThat(pixels).isEqualTo("lighter");
    }

    @Test
    void page_nestsJobsAsTheTree() {
        show(shop);
        Boolean nested = browser.script("""
                return t.jobs.every((job) => job.parent.row < job.row && job.depth === job.parent.depth + 1
                  && job.spawned >= (job.parent.spawned ?? 0) && job.end <= (job.parent.end ?? Infinity));
                """);
        assertThat(nested).isTrue();
        assertThat(browser.<List<String>>script("return t.jobs.slice(0, 400).map((job) => job.path)"))
                .contains("shop/order 1001/reserve stock/warehouse north", "shop/nightly audit/ledger");
    }

    @Test
    void page_tellsOutcomesApartByMoreThanColour() {
        show(shop);
        List<String> outcomes = browser.script("return [...new Set(t.jobs.map((job) => job.outcome))].sort()");
        assertThat(outcomes).containsExactly("cancelled", "failed", "succeeded", "unfinished");
        List<String> signs =
                browser.script("return ['succeeded', 'failed', 'cancelled', 'unfinished'].map((o) => SIGNS[o])");
        assertThat(Set.copyOf(signs)).hasSize(4);
        assertThat(browser.text("summary")).contains(" failed", " cancelled", " unfinished");
    }

    @Test
    void hover_saysWhatAJobDid() {
        show(shop);
        browser.moveTo(BARS_X, (int) y("shop/order 1001/load customer"));
        browser.awaitFrame();
        assertThat(browser.text("tip")).contains("shop/order 1001/load customer #", "succeeded", "pending", "body");
    }

    @Test
    void search_goesToTheMatches_andUnfoldsThem() {
        show(shop);
        browser.run("document.getElementById('rows').focus()");
        browser.press("c");
        browser.awaitFrame();
        assertThat(browser.number("t.state.rows.length")).isLessThan(20);
        browser.press("/");
        browser.type("search", "order 1004 declined");
        browser.awaitFrame();
        assertThat(browser.text("matches")).isEqualTo("1 of 2");
        assertThat(browser.text("details")).contains("shop/order 1004", "card declined");
        browser.type("search", Keys.ENTER);
        browser.awaitFrame();
        assertThat(browser.text("matches")).isEqualTo("2 of 2");
        assertThat(browser.text("details")).contains("shop/order 1004/charge card");
        browser.type("search", "zzz");
        assertThat(browser.text("matches")).isEqualTo("no match");
    }

    @Test
    void zoom_byWheel_keepsTheMomentUnderThePointer() {
        show(shop);
        long whole = span();
        String moment = "t.view.time(" + BARS_X
                + " - t.state.namesWidth, document.getElementById('rows').clientWidth - t.state.namesWidth)";
        long at = browser.number(moment);
        browser.wheel(BARS_X, 400, -300);
        browser.awaitFrame();
        assertThat(span()).isLessThan(whole);
        assertThat(browser.number(moment)).isBetween(at - 2_000, at + 2_000);
        browser.wheel(BARS_X, 400, 300);
        browser.wheel(BARS_X, 400, 300);
        browser.awaitFrame();
        assertThat(span()).isEqualTo(whole);
    }

    @Test
    void wheel_overTheNames_scrolls() {
        show(shop);
        long whole = span();
        browser.wheel(100, 400, 300);
        browser.awaitFrame();
        assertThat(browser.number("document.getElementById('rows').scrollTop")).isPositive();
        assertThat(span()).isEqualTo(whole);
    }

    @Test
    void zoom_byKeys_andBackToAll() {
        show(shop);
        long whole = span();
        browser.run("document.getElementById('rows').focus()");
        browser.press("+", "+", Keys.ARROW_RIGHT);
        browser.awaitFrame();
        assertThat(span()).isLessThan(whole * 6 / 10);
        assertThat(browser.number("t.view.from")).isPositive();
        browser.press("0");
        browser.awaitFrame();
        assertThat(span()).isEqualTo(whole);
        browser.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ENTER);
        browser.awaitFrame();
        assertThat(browser.text("details")).startsWith("shop/order 1001 #");
        assertThat(span()).isLessThan(whole);
    }

    @Test
    void doubleClick_zoomsToTheJob_andAClickOnTheSignFolds() {
        show(shop);
        long rows = browser.number("t.state.rows.length");
        browser.doubleClick(BARS_X, (int) y("shop/order 1001/load customer"));
        browser.awaitFrame();
        assertThat(span()).isLessThan(browser.number("(t.view.last - t.view.first) / 2"));
        browser.click(27, (int) y("shop/order 1001"));
        browser.awaitFrame();
        assertThat(browser.number("t.state.rows.length")).isLessThan(rows);
    }

    @Test
    void page_isDrawnInTheColoursOfTheSystem() {
        show(shop);
        browser.prefer("dark");
        browser.awaitFrame();
        assertThat(background()).isLessThan(150);
        browser.prefer("light");
        browser.awaitFrame();
        assertThat(background()).isGreaterThan(600);
    }

    /// A point of the ruler with nothing on it, as the sum of its colours.
    private static long background() {
        return browser.number("Array.from(document.getElementById('chart').getContext('2d')"
                + ".getImageData(2, 4, 1, 1).data).slice(0, 3).reduce((a, b) => a + b)");
    }

    @Test
    void page_takesNothingFromTheNetwork() {
        show(shop);
        assertThat(browser.number("performance.getEntriesByType('resource').length"))
                .isZero();
    }

    /// What is drawn is bounded by the screen, so each step is as quick as the first; the time is printed,
    /// and only its bound is checked, with a lot of patience.
    @Test
    void page_ofTenThousandJobs_drawsOnlyWhatIsInView() throws Exception {
        show(manyJobs());
        assertThat(browser.number("t.jobs.length")).isEqualTo(MANY + 100);
        Number millis = browser.script("""
                const from = performance.now();
                for (let i = 0; i < 100; i++) {
                  document.getElementById("rows").scrollTop = i * 2000;
                  t.view.zoom(i < 50 ? 0.9 : 1.1, 300, 900);
                  t.draw();
                }
                return (performance.now() - from) / 100;
                """);
        System.out.printf("a frame of %d jobs takes %.1f ms%n", MANY + 100, millis.doubleValue());
        assertThat(drawn().size()).isLessThan(45);
        assertThat(millis.doubleValue()).isLessThan(200);
        browser.type("search", "leaf 77");
        assertThat(browser.text("matches")).startsWith("1 of ");
    }

    private static Path manyJobs() throws IOException, InterruptedException {
        var timeline = new Timeline();
        try (var jobs = Scheduler.open(SchedulerOptions.named("many").withObserver(timeline))) {
            for (int i = 0; i < 100; i++) {
                jobs.spawn("branch " + i, (JobScope scope) -> {
                    for (int j = 0; j < MANY / 100; j++) {
                        scope.spawn("leaf " + j, () -> 1);
                    }
                    return 1;
                });
            }
        }
        var page = folder.resolve("many.html");
        timeline.writeHtml(page);
        return page;
    }

    @Test
    void page_ofNoJobs_isEmpty() throws Exception {
        var page = folder.resolve("empty.html");
        new Timeline().writeHtml(page);
        show(page);
        assertThat(browser.text("title")).isEqualTo("no jobs");
        assertThat(drawn()).isEmpty();
    }

    @Test
    void model_writesTimesAsPeopleDo() {
        show(shop);
        List<String> words =
                browser.script("return [0, 999, 1500, 15_000, 150_000, 1_500_000, 61e6, 3.7e9].map(t.duration)");
        assertThat(words)
                .containsExactly("0 µs", "999 µs", "1.50 ms", "15.0 ms", "150 ms", "1.50 s", "1 min 1 s", "1 h 1 min");
        List<String> marks = browser.script(
                "return [t.moment(1500, 500), t.moment(2e6, 1e6), t.moment(1_250_000, 50_000), t.moment(7, 1)]");
        assertThat(marks).containsExactly("1.5 ms", "2 s", "1250 ms", "7 µs");
    }
}
