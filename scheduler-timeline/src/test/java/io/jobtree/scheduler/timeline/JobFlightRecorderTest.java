package io.jobtree.scheduler.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("JobFlightRecorder: events in a recording, and what the JDK's jfr tool says of them")
final class JobFlightRecorderTest {
    @TempDir
    private Path folder;

    private static SchedulerOptions options() {
        return SchedulerOptions.named("shop")
                .withLimit(2)
                .withFailureHandler((_, _) -> {})
                .withCloseTimeout(Duration.ZERO)
                .withObserver(new JobFlightRecorder());
    }

    private Path record(Run run) throws Exception {
        var file = folder.resolve("run.jfr");
        try (var recording = new Recording()) {
            recording.enable(JobEvent.class);
            recording.enable(StragglerEvent.class);
            recording.enable("jdk.ThreadSleep").withoutThreshold();
            recording.start();
            run.run();
            recording.stop();
            recording.dump(file);
        }
        return file;
    }

    private interface Run {
        void run() throws Exception;
    }

    private static RecordedEvent event(Path file, String type, String name) throws IOException {
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(type))
                .filter(event -> name.equals(event.getString("name")))
                .findFirst()
                .orElseThrow();
    }

    /// What the JDK's own tool prints, in a JVM of its own.
    private static String print(Path file, String events) throws IOException, InterruptedException {
        var jfr = Path.of(System.getProperty("java.home"), "bin", "jfr").toString();
        var process = new ProcessBuilder(jfr, "print", "--events", events, file.toString())
                .redirectErrorStream(true)
                .start();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text;
    }

    private static String sleep() throws InterruptedException {
        // This is the work of the job: the JDK writes an event for it.
        Thread.sleep(3);
        return "slept";
    }

    @Tag("slow")
    @Test
    void jfrPrint_showsTheJob_onTheEventsOfItsThread() throws Exception {
        var file = record(() -> {
            try (var jobs = Scheduler.open(options())) {
                jobs.spawn(
                                "order",
                                (JobScope scope) -> scope.spawn("charge", JobFlightRecorderTest::sleep)
                                        .join())
                        .join();
            }
        });
        assertThat(print(file, "jdk.*").replaceAll("\\s+", " "))
                .contains("jdk.ThreadSleep {", "Job.name = \"charge\"", "Job.path = \"shop/order/charge\"");
    }

    @Test
    void job_hasIds_outcome_reason_andQueueTime() throws Exception {
        var file = record(() -> {
            try (var jobs = Scheduler.open(options())) {
                jobs.spawn(
                                "order",
                                (JobScope scope) ->
                                        scope.spawn("charge", () -> 1).join())
                        .join();
                jobs.spawn("broken", () -> {
                            throw new IOException("full");
                        })
                        .await();
            }
        });
        var order = event(file, "jobtree.Job", "order");
        var charge = event(file, "jobtree.Job", "charge");
        assertThat(charge.getLong("parentId")).isEqualTo(order.getLong("id"));
        assertThat(order.getLong("parentId")).isZero();
        assertThat(charge.getString("outcome")).isEqualTo("SUCCEEDED");
        assertThat(charge.getString("path")).isEqualTo("shop/order/charge");
        assertThat(charge.getDuration("queueTime")).isPositive();
        assertThat(charge.getThread().isVirtual()).isTrue();
        assertThat(order.getDuration()).isGreaterThanOrEqualTo(charge.getDuration());
        var broken = event(file, "jobtree.Job", "broken");
        assertThat(broken.getString("outcome")).isEqualTo("FAILED");
        assertThat(broken.getString("reason")).isEqualTo("java.io.IOException");
    }

    @Test
    void job_isAsLongAsItsBody_forAThreshold() throws Exception {
        var file = folder.resolve("long.jfr");
        try (var recording = new Recording();
                var jobs = Scheduler.open(options())) {
            recording.enable(JobEvent.class).withThreshold(Duration.ofMillis(2));
            recording.start();
            jobs.spawn("long", JobFlightRecorderTest::sleep).join();
            jobs.awaitIdle();
            recording.stop();
            recording.dump(file);
        }
        assertThat(event(file, "jobtree.Job", "long").getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(2));
    }

    @Test
    void job_thatNeverRan_hasItsTimeInTheQueue() throws Exception {
        var running = new CountDownLatch(2);
        var file = record(() -> {
            var release = new CountDownLatch(1);
            try (var jobs = Scheduler.open(options())) {
                for (int i = 0; i < 2; i++) {
                    jobs.spawn("holder", () -> {
                        running.countDown();
                        release.await();
                    });
                }
                running.await();
                jobs.spawn("late", () -> 1).cancel();
                release.countDown();
            }
        });
        var late = event(file, "jobtree.Job", "late");
        assertThat(late.getString("outcome")).isEqualTo("CANCELLED");
        assertThat(late.getString("reason")).isEqualTo("REQUESTED");
        assertThat(late.getDuration("queueTime")).isPositive();
    }

    @Test
    void straggler_hasItsStack() throws Exception {
        var release = new CountDownLatch(1);
        var file = record(() -> {
            var jobs = Scheduler.open(options());
            var started = new CountDownLatch(1);
            var stubborn = jobs.spawn("stubborn", () -> {
                started.countDown();
                awaitStubbornly(release);
            });
            started.await();
            assertThat(jobs.close(Duration.ZERO)).hasSize(1);
            release.countDown();
            stubborn.await();
        });
        var straggler = event(file, "jobtree.Straggler", "stubborn");
        assertThat(straggler.getString("path")).isEqualTo("shop/stubborn");
        assertThat(straggler.getString("stack")).contains("awaitStubbornly");
        assertThat(straggler.getDuration("age")).isPositive();
    }

    private static void awaitStubbornly(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException ignored) {
                // On purpose.
            }
        }
    }

    @Test
    void stall_isFound_whereTheSameJobIsStillTheFirstInTheQueue() throws Exception {
        var release = new CountDownLatch(1);
        var stalls = new Stalls();
        var file = folder.resolve("stall.jfr");
        try (var jobs = Scheduler.open(options());
                var recording = new Recording()) {
            recording.enable(StallEvent.class).withPeriod(Duration.ofDays(1));
            for (int i = 0; i < 2; i++) {
                jobs.spawn("holder", () -> release.await());
            }
            var first = jobs.spawn("first", () -> 1);
            jobs.spawn("second", () -> 1);
            recording.start();
            stalls.look();
            stalls.look();
            recording.stop();
            recording.dump(file);
            release.countDown();
            assertThat(stalled(file)).singleElement().satisfies(stall -> {
                assertThat(stall.getString("limit")).isEqualTo("shop");
                assertThat(stall.getInt("pending")).isEqualTo(2);
                assertThat(stall.getString("first")).isEqualTo("shop/first #" + first.id());
                assertThat(stall.getString("waits")).contains("2 jobs wait for a place in shop", "held by holder #");
                assertThat(stall.getDuration("pendingFor")).isPositive();
            });
        }
    }

    private static List<RecordedEvent> stalled(Path file) throws IOException {
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("jobtree.Stall"))
                .toList();
    }

    @Test
    void withoutARecording_hearsOfNoJob() throws Exception {
        var observer = new JobFlightRecorder();
        assertThat(observer.isEnabled()).isFalse();
        try (var recording = new Recording()) {
            recording.enable("jobtree.Job");
            recording.start();
            assertThat(observer.isEnabled()).isTrue();
        }
        assertThat(observer.isEnabled()).isFalse();
    }
}
