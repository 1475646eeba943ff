package io.jobtree.scheduler.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.management.ThreadMXBean;
import io.jobtree.scheduler.CancelReason;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Timeline: what it records of each job, and writes into the page")
final class TimelineTest {
    private static final int ID = 0;
    private static final int PARENT = 1;
    private static final int SCHEDULER = 2;
    private static final int NAME = 3;
    private static final int SPAWNED = 4;
    private static final int STARTED = 5;
    private static final int STOPPED = 6;
    private static final int ENDED = 7;
    private static final int OUTCOME = 8;
    private static final int DETAIL = 9;

    @TempDir
    private Path folder;

    private final Timeline timeline = new Timeline();

    private Scheduler open() {
        return Scheduler.open(options(timeline));
    }

    private static SchedulerOptions options(Timeline timeline) {
        return SchedulerOptions.named("shop")
                .withLimit(1)
                .withFailureHandler((_, _) -> {})
                .withObserver(timeline);
    }

    private JsonObject data(Timeline written) throws IOException {
        var page = folder.resolve("page.html");
        written.writeHtml(page);
        var text = Files.readString(page);
        var begin = "<script id=\"data\" type=\"application/json\">";
        int from = text.indexOf(begin) + begin.length();
        return JsonParser.parseString(text.substring(from, text.indexOf("</script>", from)))
                .getAsJsonObject();
    }

    private List<JsonArray> jobs() throws IOException {
        return StreamSupport.stream(data(timeline).getAsJsonArray("jobs").spliterator(), false)
                .map(job -> job.getAsJsonArray())
                .toList();
    }

    private JsonArray job(String name) throws IOException {
        return jobs().stream()
                .filter(job -> job.get(NAME).getAsString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void job_hasItsMoments_inOrder() throws Exception {
        try (var jobs = open()) {
            jobs.spawn("one", () -> 1).join();
        }
        var one = job("one");
        assertThat(one.get(SCHEDULER).getAsString()).isEqualTo("shop");
        assertThat(List.of(SPAWNED, STARTED, STOPPED, ENDED))
                .extracting(i -> one.get(i).getAsLong())
                .isSorted();
        assertThat(one.get(SPAWNED).getAsLong()).isZero();
        assertThat(one.get(OUTCOME).getAsString()).isEqualTo("succeeded");
    }

    @Test
    void children_haveTheirParentsId() throws Exception {
        try (var jobs = open()) {
            jobs.spawn(
                            "branch",
                            (JobScope scope) -> scope.spawn("leaf", () -> 1).join())
                    .join();
        }
        assertThat(job("leaf").get(PARENT).getAsLong())
                .isEqualTo(job("branch").get(ID).getAsLong());
        assertThat(job("branch").get(PARENT).getAsLong()).isZero();
    }

    @Test
    void outcomes_haveTheirFailureOrReason() throws Exception {
        var running = new CountDownLatch(1);
        try (var jobs = open()) {
            jobs.spawn("failed", () -> {
                        throw new IOException("disk </script> full");
                    })
                    .await();
            var stopped = jobs.spawn("cancelled", () -> {
                running.countDown();
                new CountDownLatch(1).await();
                return 1;
            });
            running.await();
            var never = jobs.spawn("never ran", () -> 1);
            never.cancel();
            assertThat(job("cancelled").get(OUTCOME).getAsString()).isEqualTo("unfinished");
            assertThat(job("cancelled").get(ENDED).getAsLong()).isEqualTo(-1);
            stopped.cancel();
        }
        assertThat(job("failed").get(OUTCOME).getAsString()).isEqualTo("failed");
        assertThat(job("failed").get(DETAIL).getAsString()).isEqualTo("java.io.IOException: disk </script> full");
        assertThat(job("cancelled").get(DETAIL).getAsString()).isEqualTo(CancelReason.REQUESTED.toString());
        assertThat(job("never ran").get(STARTED).getAsLong()).isEqualTo(-1);
        assertThat(job("never ran").get(OUTCOME).getAsString()).isEqualTo("cancelled");
    }

    @Test
    void failure_thatCannotBeWritten_isNamedByItsClass() throws Exception {
        try (var jobs = open()) {
            jobs.spawn("failed", () -> {
                        throw new IllegalStateException() {
                            @Override
                            public String getMessage() {
                                throw new IllegalArgumentException();
                            }
                        };
                    })
                    .await();
        }
        assertThat(job("failed").get(DETAIL).getAsString()).startsWith(TimelineTest.class.getName());
    }

    @Test
    void failure_thatSaysNothing_isNamedByItsClass() throws Exception {
        try (var jobs = open()) {
            jobs.spawn("failed", () -> {
                        throw new IllegalStateException() {
                            @Override
                            @SuppressWarnings({"NullAway", "OverrideThrowableToString"}) // as a user's may be
                            public String toString() {
                                return getMessage();
                            }
                        };
                    })
                    .await();
        }
        assertThat(job("failed").get(DETAIL).getAsString()).startsWith(TimelineTest.class.getName());
    }

    @Test
    void failure_ofManyWords_isCut() throws Exception {
        try (var jobs = open()) {
            jobs.spawn("failed", () -> {
                        throw new IllegalStateException("x".repeat(100_000));
                    })
                    .await();
        }
        assertThat(job("failed").get(DETAIL).getAsString())
                .hasSize(1_000)
                .startsWith("java.lang.IllegalStateException: xx")
                .endsWith("x…");
    }

    @Test
    void jobs_pastTheMaximum_areCounted() throws Exception {
        var small = new Timeline(2);
        try (var jobs = Scheduler.open(options(small))) {
            for (int i = 0; i < 5; i++) {
                jobs.spawn("job", () -> 1);
            }
        }
        assertThat(data(small).getAsJsonArray("jobs")).hasSize(2);
        assertThat(data(small).get("dropped").getAsInt()).isEqualTo(3);
        assertThatThrownBy(() -> new Timeline(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxJobs must be positive: 0");
    }

    @Test
    void page_isOneFile_thatAsksForNothing() throws Exception {
        var page = folder.resolve("page.html");
        timeline.writeHtml(page);
        assertThat(Files.readString(page))
                .contains("default-src 'none'")
                .doesNotContain("http:", "https:", "src=", "@import", "url(", "/*data*/", "/*script*/", "/*style*/");
    }

    @Test
    void job_costsLittle() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int rounds = 10_000;
        try (var jobs = Scheduler.open("measured")) {
            var job = jobs.spawn("job", () -> 1);
            timeline.spawned(job);
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < rounds; i++) {
                timeline.spawned(job);
            }
            long bytes = (threads.getCurrentThreadAllocatedBytes() - before) / rounds;
            System.out.printf("a job costs the timeline %d B%n", bytes);
            assertThat(bytes).isBetween(50L, 200L);
        }
    }
}
