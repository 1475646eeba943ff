package io.jobtree.scheduler.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// At least once: docs say so first, with what a body must then be.
@Tag("full")
final class Promise5AtLeastOnceTest {
    @Test
    void docs_sayItFirst() throws IOException {
        var page = Files.readString(Path.of("..", "docs", "remote-jobs.md"));
        int first = page.indexOf("\n## ");
        int second = page.indexOf("\n## ", first + 1);

        assertThat(page.substring(first, second))
                .startsWith("\n## At least once")
                .contains("safe to repeat");
    }

    @Test
    void packageDocs_sayItFirst() throws IOException {
        var docs = Files.readString(Path.of("src/main/java/io/jobtree/scheduler/temporal/package-info.java"));

        assertThat(docs).contains("**at least once**").contains("safe to repeat");
    }

    @Test
    void sameId_runsOnce_andGivesTheFirstResultToAll() throws InterruptedException {
        var task = Probe.HELD.withId(key -> key);
        var options = Engine.once("ids");
        var probe = Probe.of("same id");
        try (var engine = new Engine();
                var scheduler = Scheduler.open("local")) {
            engine.worker("ids");
            var first = scheduler.spawn("first", engine.remote.activity(task, "same id", options));
            probe.awaitAttempt(1);
            var whileItRuns = scheduler.spawn("second", engine.remote.activity(task, "same id", options));
            probe.released.countDown();

            assertThat(first.join()).isEqualTo(1);
            assertThat(whileItRuns.join()).isEqualTo(1);
            assertThat(scheduler
                            .spawn("third", engine.remote.activity(task, "same id", options))
                            .join())
                    .isEqualTo(1);
            assertThat(probe.attempts).hasSize(1);
        }
    }

    @Test
    void idOfTheAttempt_isTheSameForEachAttempt() throws InterruptedException {
        var probe = Probe.of("attempts");
        probe.silentUntil = 1;
        try (var engine = new Engine();
                var scheduler = Scheduler.open("local")) {
            engine.worker("ids");
            var options = Engine.once("ids").withAttempts(3);
            var job = scheduler.spawn("held", engine.remote.activity(Probe.HELD, "attempts", options));
            probe.awaitAttempt(2);
            probe.released.countDown();

            assertThat(job.join()).isGreaterThan(1);
            assertThat(probe.attempts)
                    .extracting(RemoteAttempt::id)
                    .containsOnly(probe.attempts.element().id());
        }
    }
}
