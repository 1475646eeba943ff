package io.jobtree.scheduler.timeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Makes the pictures of the documentation: `timeline.png` and `timeline-dark.png`, in the folder that is given.
final class Screenshots {
    private Screenshots() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var folder = Path.of(arguments[0]);
        var page = Files.createTempFile("timeline", ".html");
        var trace = Files.createTempFile("timeline", ".pftrace");
        ShopRun.record(page, trace);
        try (var browser = Browser.open(1200, 900)) {
            browser.prefer("light");
            browser.show(page);
            browser.moveTo(700, 300);
            browser.screenshot(folder.resolve("timeline.png"));
            browser.prefer("dark");
            browser.show(page);
            browser.type("search", "charge failed");
            browser.wheel(650, 300, -120);
            browser.moveTo(20, 5);
            browser.screenshot(folder.resolve("timeline-dark.png"));
        }
        Files.delete(page);
        Files.delete(trace);
    }
}
