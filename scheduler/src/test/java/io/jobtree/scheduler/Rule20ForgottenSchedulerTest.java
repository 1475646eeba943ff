package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag(TestOptions.FRESH_THREADS)
@DisplayName(
        "R20: a scheduler dropped without close, or open at JVM exit, is logged with its name, site and pending jobs")
final class Rule20ForgottenSchedulerTest {
    @Test
    void droppedScheduler_isLoggedWhenCollected_withNameAndSite() {
        try (var log = new RecordedLog()) {
            dropOne("forgotten");
            var record = awaitRecord(log, "forgotten");
            assertThat(record.getMessage() + stack(record))
                    .as("where it was opened")
                    .contains("dropOne");
            assertThat(log.containing("forgotten")).hasSize(1);
        }
    }

    private static String stack(LogRecord record) {
        return record.getThrown() == null
                ? ""
                : Arrays.toString(record.getThrown().getStackTrace());
    }

    private static void dropOne(String name) {
        var dropped = Scheduler.open(name);
        assertThat(dropped.isClosed()).isFalse();
    }

    private static LogRecord awaitRecord(RecordedLog log, String name) {
        Awaitility.await().pollInterval(Duration.ofMillis(20)).until(() -> {
            System.gc();
            return !log.containing(name).isEmpty();
        });
        return log.containing(name).getFirst();
    }

    /// As one does that has caught an interrupt of its own.
    @Test
    void droppedSchedulers_areAllLogged_alsoByAHandlerThatSetsTheInterruptFlag() {
        var logger = Logger.getLogger("io.jobtree.scheduler");
        var interrupts = new Handler() {
            @Override
            public void publish(LogRecord record) {
                Thread.currentThread().interrupt();
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        try (var log = new RecordedLog()) {
            logger.addHandler(interrupts);
            for (var name : List.of("first dropped", "second dropped", "third dropped")) {
                dropOne(name);
                awaitRecord(log, name);
            }
        } finally {
            logger.removeHandler(interrupts);
        }
    }

    @Test
    void droppedScheduler_whoseJobsHaveEnded_isLoggedToo() throws Exception {
        try (var log = new RecordedLog()) {
            dropOneThatWorked("worked");
            awaitRecord(log, "worked");
        }
    }

    private static void dropOneThatWorked(String name) throws InterruptedException {
        var dropped = Scheduler.open(name);
        Job<Integer> job = dropped.spawn("branch", scope -> {
            Actor.start(() -> scope.spawn("child", () -> 1)).result();
            return 2;
        });
        assertThat(job.join()).isEqualTo(2);
    }

    @Test
    void closedScheduler_isCollectedWithoutAWord() {
        try (var log = new RecordedLog()) {
            var reference = closeOne("well-behaved");
            dropOne("marker");
            Awaitility.await().pollInterval(Duration.ofMillis(20)).until(() -> {
                System.gc();
                return reference.refersTo(null);
            });
            awaitRecord(log, "marker");
            assertThat(log.containing("well-behaved")).isEmpty();
        }
    }

    private static WeakReference<Scheduler> closeOne(String name) {
        var closed = Scheduler.open(name);
        closed.spawn("job", () -> 1);
        closed.close();
        return new WeakReference<>(closed);
    }

    @Test
    void droppedScheduler_withRunningJob_isNotLost() throws Exception {
        var hold = new Door();
        var job = spawnIntoDropped(hold);
        for (var i = 0; i < 5; i++) {
            System.gc();
        }
        assertThat(job.isDone()).isFalse();
        hold.open();
        Outcomes.assertSucceeded(job, 1);
        // Or it says so in the middle of another test.
        job.scheduler().close();
    }

    private static Job<Integer> spawnIntoDropped(Door hold) {
        return Scheduler.open("dropped with a job").spawn("job", () -> {
            hold.pass();
            return 1;
        });
    }

    @Tag("slow")
    @Test
    void openSchedulers_atJvmExit_areLogged_withNameSiteAndPendingJobs(@TempDir Path directory) throws Exception {
        var run = ForkedJvm.run(directory, """
                import io.jobtree.scheduler.*;
                public class Program {
                    public static void main(String[] args) throws Exception {
                        var kept = Scheduler.open(SchedulerOptions.named("kept").withLimit(1));
                        kept.spawn("runs", () -> Thread.sleep(60_000));
                        kept.spawn("waits", () -> Thread.sleep(60_000));
                        var closed = Scheduler.open("closed before");
                        closed.close();
                        System.exit(3);
                    }
                }
                """);
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.output())
                .contains("'kept'")
                .contains("Program.main")
                .contains("runs")
                .contains("waits")
                .doesNotContain("closed before");
    }

    /// What all of them have is looked through once: the exit waits for this 20 s at most.
    @Tag("slow")
    @Test
    void openSchedulersInNumbers_atJvmExit_areAllLogged(@TempDir Path directory) throws Exception {
        var run = ForkedJvm.run(directory, """
                import io.jobtree.scheduler.*;
                public class Program {
                    public static void main(String[] args) throws Exception {
                        var limit = Limit.of("one", 1);
                        var all = new java.util.ArrayList<Scheduler>();
                        for (int i = 0; i < 3_000; i++) {
                            var kept = Scheduler.open("kept");
                            kept.spawn("waits", () -> Thread.sleep(60_000));
                            var options = JobOptions.named("limited").withSharedLimit(limit);
                            kept.spawn(options, () -> Thread.sleep(60_000));
                            all.add(kept);
                        }
                        System.exit(3);
                    }
                }
                """);
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.output().lines().filter(line -> line.contains("was still open")))
                .hasSize(3_000);
    }

    @Test
    void closeOnExit_closesTheScheduler_soThatItsJobsEnd(@TempDir Path directory) throws Exception {
        var run = ForkedJvm.run(directory, """
                import io.jobtree.scheduler.*;
                import java.time.Duration;
                import java.util.concurrent.CountDownLatch;
                public class Program {
                    public static void main(String[] args) throws Exception {
                        var jobs = Scheduler.open(SchedulerOptions.named("closes itself")
                                .withCloseOnExit(true)
                                .withWaitTimeout(Duration.ZERO));
                        var running = new CountDownLatch(1);
                        jobs.spawn("runs", () -> {
                            running.countDown();
                            try {
                                Thread.sleep(60_000);
                            } finally {
                                System.out.println("cleaned up");
                            }
                        });
                        running.await();
                        System.exit(3);
                    }
                }
                """);
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.output()).contains("cleaned up").doesNotContain("'closes itself'");
    }

    @Tag("slow")
    @Test
    void openScheduler_doesNotKeepTheJvmAlive(@TempDir Path directory) throws Exception {
        var run = ForkedJvm.run(directory, """
                import io.jobtree.scheduler.*;
                public class Program {
                    public static void main(String[] args) throws Exception {
                        Scheduler.open("left open").spawn("job", () -> 1).join();
                        System.out.println("main is over");
                    }
                }
                """);
        assertThat(run.exitCode()).isZero();
        assertThat(run.output()).contains("main is over").contains("'left open'");
    }

    /// Its handlers are a user's: one that writes to a channel would have it closed by an interrupt, and one that takes
    /// the interrupt must not keep the thread.
    @Tag("slow")
    @Test
    void droppedScheduler_isLoggedOnAThreadWithoutInterrupt_thatEnds(@TempDir Path directory) throws Exception {
        var run = ForkedJvm.run(directory, """
                import io.jobtree.scheduler.*;
                import java.util.concurrent.*;
                import java.util.logging.*;
                public class Program {
                    static final CompletableFuture<Thread> LOGGING = new CompletableFuture<>();
                    public static void main(String[] args) throws Exception {
                        var logger = Logger.getLogger("io.jobtree.scheduler");
                        logger.setUseParentHandlers(false);
                        logger.addHandler(new Handler() {
                            @Override public void publish(LogRecord record) {
                                System.out.println("interrupted " + Thread.interrupted());
                                LOGGING.complete(Thread.currentThread());
                            }
                            @Override public void flush() {}
                            @Override public void close() {}
                        });
                        Scheduler.open("dropped");
                        while (!LOGGING.isDone()) {
                            System.gc();
                            Thread.onSpinWait();
                        }
                        System.out.println("ended " + LOGGING.join().join(java.time.Duration.ofSeconds(10)));
                    }
                }
                """);
        assertThat(run.output()).contains("interrupted false").contains("ended true");
        assertThat(run.exitCode()).isZero();
    }
}
