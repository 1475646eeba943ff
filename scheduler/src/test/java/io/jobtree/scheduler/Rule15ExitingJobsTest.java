package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each program runs in a JVM of its own, in which whatever is waited for in vain takes 20 s.
@Tag(TestOptions.FRESH_THREADS)
@Timeout(150)
@DisplayName("R15: who calls System.exit is not waited for, whenever that is and whoever leads the closing")
final class Rule15ExitingJobsTest {
    private static final Duration BOUND = Duration.ofSeconds(15);

    @TempDir
    private Path directory = Path.of("");

    private Jdk.Run exits(String main) throws Exception {
        var run = ForkedJvm.run(directory, """
                import io.jobtree.scheduler.*;
                import java.time.Duration;
                import java.util.concurrent.*;
                public class Program {
                    static final Duration LONG = Duration.ofMinutes(10);
                    static final CountDownLatch inside = new CountDownLatch(1);
                    static final CountDownLatch go = new CountDownLatch(1);
                    static volatile long spins;
                    static SchedulerOptions options() {
                        return SchedulerOptions.named("exits").withCloseOnExit(LONG).withCloseTimeout(LONG);
                    }
                    static void exitOnceClosed() {
                        inside.countDown();
                        try {
                            go.await();
                        } catch (InterruptedException e) {
                            // closed
                        }
                        System.exit(3);
                    }
                    static void exitOnce(Scheduler jobs, Duration wait) throws Exception {
                        inside.await();
                        Thread.ofPlatform().daemon().start(() -> jobs.close(wait));
                        while (!jobs.isClosed()) {
                            Thread.onSpinWait();
                        }
                        // As a rule the closer is in its last wait by then.
                        Thread.sleep(300);
                        go.countDown();
                    }
                    static void hogs(Scheduler jobs) throws Exception {
                        int carriers = Runtime.getRuntime().availableProcessors();
                        var running = new CountDownLatch(carriers);
                        for (int i = 0; i < carriers; i++) {
                            jobs.spawn("hog", () -> {
                                go.await();
                                running.countDown();
                                while (!Thread.currentThread().isInterrupted()) {
                                    spins++;
                                }
                                System.out.println("heard");
                            });
                        }
                        Thread.ofVirtual().start(() -> jobs.close(LONG));
                        while (!jobs.isClosed()) {
                            Thread.onSpinWait();
                        }
                        // As a rule the closer has parked by then.
                        Thread.sleep(100);
                        go.countDown();
                        running.await();
                    }
                    public static void main(String[] args) throws Exception {
                        System.out.println("began at " + System.currentTimeMillis());
                        MAIN
                        Thread.sleep(1_000_000);
                    }
                }
                """.replace("MAIN", main));
        assertThat(Duration.between(began(run), Instant.now()))
                .as("the time until the JVM was gone; it printed %s", run.output())
                .isLessThan(BOUND);
        assertThat(run.exitCode()).as("it printed %s", run.output()).isEqualTo(3);
        return run;
    }

    /// To start a JVM may take long where a machine is busy.
    private static Instant began(Jdk.Run run) {
        return run.output()
                .lines()
                .filter(line -> line.startsWith("began at "))
                .map(line -> Instant.ofEpochMilli(Long.parseLong(line.substring("began at ".length()))))
                .findFirst()
                .orElseThrow(() -> new AssertionError("it did not begin: " + run.output()));
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"LONG", "Duration.ZERO"})
    void exit_thatAHandlerCalls_whileACloseWaitsForIt_isNotHeldUp(String wait) throws Exception {
        var run = exits("""
                var jobs = Scheduler.open(options().withFailureHandler((job, failure) -> exitOnceClosed()));
                jobs.spawn("fails", () -> { throw new IllegalStateException("on purpose"); });
                exitOnce(jobs, WAIT);
                """.replace("WAIT", wait));
        assertThat(run.output()).doesNotContain("did not stop");
    }

    @Test
    void exit_thatTheHandlerOfAJobThatNeverRanCalls_whileACloseWaitsForIt_isNotHeldUp() throws Exception {
        exits("""
                var jobs = Scheduler.open(options().withLimit(1)
                        .withFailureHandler((job, failure) -> exitOnceClosed()));
                jobs.spawn("busy", () -> inside.await());
                jobs.spawn(JobOptions.named("late").withTimeout(Duration.ofMillis(20)), () -> {});
                exitOnce(jobs, LONG);
                """);
    }

    /// The thread of its parent waits for it.
    @Test
    void exit_thatTheHandlerOfAChildCalls_isNotHeldUp() throws Exception {
        var run = exits("""
                var jobs = Scheduler.open(options().withFailureHandler((job, failure) -> System.exit(3)));
                jobs.spawn(JobOptions.named("supervised").withSupervision(), (BranchAction) scope -> {
                    scope.spawn("fails", () -> { throw new IllegalStateException("on purpose"); });
                });
                """);
        assertThat(run.output()).doesNotContain("did not stop");
    }

    /// The parent waits for the handler, and another job for that.
    @Test
    void exit_thatTheHandlerOfAChildCalls_cancelsWhoWaitsForItsParent() throws Exception {
        exits("""
                var jobs = Scheduler.open(options()
                        .withCloseTimeout(Duration.ofSeconds(1))
                        .withFailureHandler((job, failure) -> System.exit(3)));
                var branch = jobs.spawn(JobOptions.named("supervised").withSupervision(), (BranchAction) scope -> {
                    inside.await();
                    scope.spawn("fails", () -> { throw new IllegalStateException("on purpose"); });
                });
                jobs.spawn("waits", () -> {
                    inside.countDown();
                    return branch.join();
                });
                """);
    }

    /// The parent waits for its child, and not for the handler of that.
    @Test
    void exit_thatTheHandlerOfAChildCalls_waitsForAnObserverOfItsParent() throws Exception {
        var run = exits("""
                var jobs = Scheduler.open(options()
                        .withFailureHandler((job, failure) -> {
                            try {
                                inside.await();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                            System.exit(3);
                        })
                        .withObserver(job -> new JobObservation() {
                            @Override
                            public void ended(Outcome<?> outcome) {
                                if (job.name().equals("supervised")) {
                                    inside.countDown();
                                    try {
                                        Thread.sleep(2_000);
                                    } catch (InterruptedException e) {
                                        throw new IllegalStateException(e);
                                    }
                                    System.out.println("heard");
                                }
                            }
                        }));
                jobs.spawn(JobOptions.named("supervised").withSupervision(), (BranchAction) scope -> {
                    var spawner = Thread.ofPlatform().start(() -> scope.spawn("fails", () -> {
                        throw new IllegalStateException("on purpose");
                    }));
                    spawner.join();
                });
                """);
        assertThat(run.output()).contains("heard");
    }

    /// The parent waits for it.
    @Test
    void exit_thatTheObserverOfARefusedChildCalls_isNotHeldUp() throws Exception {
        exits("""
                var jobs = Scheduler.open(options().withObserver(job -> {
                    boolean isLate = job.name().equals("late");
                    if (isLate) {
                        job.parent().orElseThrow().cancel();
                    }
                    return new JobObservation() {
                        @Override
                        public void ended(Outcome<?> outcome) {
                            if (isLate) {
                                System.exit(3);
                            }
                        }
                    };
                }));
                jobs.spawn("branch", (BranchAction) scope -> {
                    scope.spawn("late", () -> {});
                });
                """);
    }

    /// The handler hears of what the body throws after its child has failed, with an exception that suppresses none.
    @Test
    void exit_thatTheHandlerOfASecondFailureCalls_whileACloseWaitsForIt_isNotHeldUp() throws Exception {
        exits("""
                var jobs = Scheduler.open(options().withFailureHandler((job, failure) -> {
                    if (failure instanceof IllegalStateException) {
                        exitOnceClosed();
                    }
                }));
                jobs.spawn("branch", (BranchAction) scope -> {
                    scope.spawn("fails", () -> { throw new Error("first", null, false, false) {}; });
                    try {
                        Thread.sleep(1_000_000);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException("besides");
                    }
                });
                exitOnce(jobs, LONG);
                """);
    }

    @Test
    void exit_thatAHookCalls_whileACloseWaitsForIt_isNotHeldUp() throws Exception {
        exits("""
                var jobs = Scheduler.open(options().withObserver(job -> new JobObservation() {
                    @Override
                    public void ended(Outcome<?> outcome) {
                        exitOnceClosed();
                    }
                }));
                jobs.spawn("job", () -> 1);
                exitOnce(jobs, LONG);
                """);
    }

    @Test
    void exit_thatTheHookOfARequestToStopCalls_isNotHeldUp() throws Exception {
        exits("""
                var jobs = Scheduler.open(options().withObserver(job -> new JobObservation() {
                    @Override
                    public void cancelling(CancelReason reason, java.util.Optional<Job<?>> origin) {
                        System.exit(3);
                    }
                }));
                var job = jobs.spawn("job", () -> {
                    inside.countDown();
                    Thread.sleep(1_000_000);
                });
                inside.await();
                job.cancel();
                """);
    }

    @Test
    void exit_thatAJobCalls_withJobsThatWaitForItsPlace_isNotHeldUp() throws Exception {
        var run = exits("""
                var jobs = Scheduler.open(options().withLimit(1).withCloseTimeout(Duration.ofSeconds(1)));
                jobs.spawn("exits", () -> {
                    go.await();
                    System.exit(3);
                });
                jobs.spawn("pending", () -> System.out.println("ran"));
                go.countDown();
                """);
        assertThat(run.output()).doesNotContain("ran");
    }

    @Tag("slow")
    @Test
    void exit_thatAnotherJobCallsToo_whileTheJvmExits_isNotHeldUp() throws Exception {
        exits("""
                var jobs = Scheduler.open(options().withCloseTimeout(Duration.ofSeconds(1)));
                jobs.spawn("late", () -> {
                    inside.await();
                    Thread.sleep(500);
                    System.exit(4);
                });
                jobs.spawn("first", () -> {
                    inside.countDown();
                    System.exit(3);
                });
                """);
    }

    @Tag("slow")
    @Test
    void exit_ofAJobThatOthersWaitFor_cancelsThem() throws Exception {
        var run = exits("""
                var jobs = Scheduler.open(options().withCloseTimeout(Duration.ofSeconds(1)));
                var others = Scheduler.open(jobs.options().withName("others"));
                others.spawn("waits", () -> {
                    try {
                        jobs.spawn("shields", () -> jobs.shield("exits", () -> System.exit(3))).join();
                    } finally {
                        System.out.println("cleaned up");
                    }
                });
                """);
        assertThat(run.output()).contains("cleaned up").doesNotContain("did not stop");
    }

    @Test
    void exit_whereAVirtualThreadCloses_andJobsComputeOnAllCarriers_cancelsThem() throws Exception {
        var run = exits("""
                hogs(Scheduler.open(options().withCloseOnExit(Duration.ofMillis(300))));
                System.exit(3);
                """);
        assertThat(run.output()).contains("heard");
    }

    @Test
    void closeOnAPlatformThread_whereAVirtualThreadCloses_andJobsComputeOnAllCarriers_isBounded() throws Exception {
        var run = exits("""
                var jobs = Scheduler.open(options().withCloseOnExit(false));
                hogs(jobs);
                System.out.println(jobs.close(Duration.ofMillis(200)).size() + " left");
                System.exit(3);
                """);
        assertThat(run.output()).contains("heard").contains("0 left");
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "exiting.toCompletableFuture().join()",
                "others.awaitIdle()",
                "jobs.shield(\"shield\", () -> { others.awaitIdle(); })",
                "branch.join()"
            })
    void exit_ofAJobThatAnotherWaitsFor_inWhateverWay_isNotHeldUp(String wait) throws Exception {
        var run = exits("""
                var others = Scheduler.open(options().withName("others"));
                var children = new CompletableFuture<Job<Void>>();
                var branch = others.spawn("branch", scope -> {
                    children.complete(scope.spawn("exits", () -> {
                        go.await();
                        System.exit(3);
                    }));
                    return 1;
                });
                var exiting = children.join();
                var jobs = Scheduler.open(options());
                jobs.spawn("waits", () -> {
                    inside.countDown();
                    WAIT;
                });
                inside.await();
                go.countDown();
                """.replace("WAIT", wait));
        assertThat(run.output()).doesNotContain("did not stop");
    }

    @Test
    void exit_thatAJobCalls_withAJobThatWaitsToHaveItsPlaceBack_isNotHeldUp() throws Exception {
        var run = exits("""
                var others = Scheduler.open(options().withName("others"));
                var other = others.spawn("other", () -> go.await());
                var jobs = Scheduler.open(options().withLimit(1));
                var returns = jobs.spawn("returns", () -> {
                    other.join();
                });
                jobs.spawn("exits", () -> {
                    go.countDown();
                    while (!jobs.tree().toString().contains("waits for a place in exits")) {
                        Thread.sleep(1);
                    }
                    System.exit(3);
                });
                """);
        assertThat(run.output()).doesNotContain("did not stop");
    }

    @Test
    void exit_thatTheHandlerOfAJobThatWouldNotStopCalls_isNotHeldUp() throws Exception {
        exits("""
                var jobs = Scheduler.open(options().withCloseTimeout(Duration.ofMillis(50))
                        .withFailureHandler((job, failure) -> System.exit(3)));
                jobs.spawn("stubborn", () -> {
                    inside.countDown();
                    while (true) {
                        try {
                            Thread.sleep(1_000_000);
                        } catch (InterruptedException e) {
                            // on purpose
                        }
                    }
                });
                inside.await();
                var closer = Thread.ofPlatform().daemon().start(() -> jobs.close(LONG));
                closer.interrupt();
                """);
    }

    @Test
    void exit_thatAnObserverOfTheCloseCalls_whileTheJvmExits_isNotHeldUp() throws Exception {
        exits("""
                Scheduler.open(options().withObserver(new JobObserver() {
                    @Override
                    public JobObservation spawned(Job<?> job) {
                        return JobObservation.NONE;
                    }

                    @Override
                    public void schedulerClosed(Scheduler scheduler) {
                        System.exit(4);
                    }
                }));
                System.exit(3);
                """);
    }
}
