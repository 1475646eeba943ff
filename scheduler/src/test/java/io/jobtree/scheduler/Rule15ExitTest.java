package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each program runs in a JVM of its own. The rule says 20 s for the closing; the tests give 15 s more to the JVM.
@Tag(TestOptions.FRESH_THREADS)
@Timeout(150)
@DisplayName("R15: at exit the closing is bounded, on a platform thread, and never waits for who called System.exit")
final class Rule15ExitTest {
    private static final Duration BOUND = Duration.ofSeconds(35);

    /// Where nothing is to be waited for.
    private static final Duration AT_ONCE = Duration.ofSeconds(15);

    @TempDir
    private Path directory = Path.of("");

    /// Runs a main method in which `open(waitMillis, closeMillis)` opens a scheduler that closes at exit.
    private Jdk.Run run(Duration bound, String main) throws Exception {
        var before = System.nanoTime();
        var run = ForkedJvm.run(directory, """
                import io.jobtree.scheduler.*;
                import java.time.Duration;
                import java.util.concurrent.*;
                public class Program {
                    static volatile long spins;
                    static SchedulerOptions options() {
                        return SchedulerOptions.named("exits").withCloseOnExit(true);
                    }
                    static Scheduler open(int waitMillis, int closeMillis) {
                        return Scheduler.open(options().withCloseOnExit(Duration.ofMillis(waitMillis))
                                .withCloseTimeout(Duration.ofMillis(closeMillis)));
                    }
                    static void hogs(Scheduler jobs) throws Exception {
                        int carriers = Runtime.getRuntime().availableProcessors();
                        var running = new CountDownLatch(carriers);
                        for (int i = 0; i < carriers; i++) {
                            jobs.spawn("hog", () -> {
                                running.countDown();
                                while (true) {
                                    spins++;
                                }
                            });
                        }
                        running.await();
                    }
                    static void stubborn(Scheduler jobs) throws Exception {
                        var running = new CountDownLatch(1);
                        jobs.spawn("stubborn", () -> {
                            running.countDown();
                            while (true) {
                                try {
                                    Thread.sleep(1_000_000);
                                } catch (InterruptedException ignored) {
                                    // goes on
                                }
                            }
                        });
                        running.await();
                    }
                    static void sleeper(Scheduler jobs) throws Exception {
                        var running = new CountDownLatch(1);
                        jobs.spawn("sleeper", () -> {
                            running.countDown();
                            try {
                                Thread.sleep(1_000_000);
                            } finally {
                                System.out.println("cleaned up");
                            }
                        });
                        running.await();
                    }
                    static void terminate() throws Exception {
                        new ProcessBuilder("kill", "-TERM", "" + ProcessHandle.current().pid()).start();
                        Thread.sleep(1_000_000);
                    }
                    public static void main(String[] args) throws Exception {
                        MAIN
                    }
                }
                """.replace("MAIN", main));
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .as("the time until the JVM was gone; it printed %s", run.output())
                .isLessThan(bound);
        return run;
    }

    @Tag("slow")
    @Test
    void exit_whereJobsComputeOnAllCarriers_ends() throws Exception {
        var run = run(BOUND, "hogs(open(300, 300)); System.exit(3);");
        assertThat(run.exitCode()).isEqualTo(3);
    }

    @Tag("slow")
    @Test
    void exit_whereJobsComputeOnAllCarriers_cancelsTheOthersToo() throws Exception {
        var run = run(BOUND, """
                var jobs = open(300, 300);
                var listening = new CountDownLatch(1);
                var pending = jobs.spawn(JobOptions.named("listens"), () -> {
                    listening.countDown();
                    while (!Thread.currentThread().isInterrupted()) {
                        Thread.onSpinWait();
                    }
                    System.out.println("heard");
                });
                listening.await();
                System.exit(3);
                """);
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.output()).contains("heard");
    }

    @Test
    void exit_thatAJobCalls_isNotHeldUpByThatJob() throws Exception {
        var run = run(AT_ONCE, """
                var jobs = open(20_000, 20_000);
                jobs.spawn("exits", () -> System.exit(3));
                Thread.sleep(1_000_000);
                """);
        assertThat(run.exitCode()).isEqualTo(3);
    }

    @Tag("slow")
    @Test
    void exit_thatAJobCalls_closesTheOthers() throws Exception {
        var run = run(BOUND, """
                var jobs = open(300, 10_000);
                sleeper(jobs);
                jobs.spawn("branch", scope -> scope.spawn("exits", () -> System.exit(3)).join());
                Thread.sleep(1_000_000);
                """);
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.output()).contains("cleaned up");
    }

    /// As where a try block ends round a job that calls it.
    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"ofPlatform", "ofVirtual"})
    void exit_thatAJobCalls_whileACloseWaitsForIt_isNotHeldUpByThatJob(String kind) throws Exception {
        var run = run(AT_ONCE, """
                        var jobs = open(60_000, 60_000);
                        var closing = new CountDownLatch(1);
                        jobs.spawn("branch", scope -> {
                            scope.spawn("exits", () -> {
                                closing.await();
                                System.exit(5);
                            });
                        });
                        Thread.%s().start(() -> jobs.close(Duration.ofMinutes(1)));
                        while (!jobs.isClosed()) {
                            Thread.onSpinWait();
                        }
                        Thread.sleep(100);
                        closing.countDown();
                        Thread.sleep(1_000_000);
                """.formatted(kind));
        assertThat(run.exitCode()).isEqualTo(5);
        assertThat(run.output()).doesNotContain("did not stop");
    }

    @Tag("slow")
    @Test
    void exit_thatAHandlerOrAHookCalls_ends() throws Exception {
        var handler = run(BOUND, """
                var jobs = Scheduler.open(options().withCloseOnExit(Duration.ofSeconds(2))
                        .withCloseTimeout(Duration.ofSeconds(2))
                        .withFailureHandler((job, failure) -> System.exit(3)));
                jobs.spawn("fails", () -> { throw new IllegalStateException("on purpose"); });
                Thread.sleep(1_000_000);
                """);
        assertThat(handler.exitCode()).isEqualTo(3);
        var hook = run(BOUND, """
                var jobs = Scheduler.open(options().withCloseOnExit(Duration.ofSeconds(2))
                        .withCloseTimeout(Duration.ofSeconds(2))
                        .withObserver(job -> new JobObservation() {
                            @Override
                            public void stopped() {
                                System.exit(4);
                            }
                        }));
                jobs.spawn("job", () -> 1);
                Thread.sleep(1_000_000);
                """);
        assertThat(hook.exitCode()).isEqualTo(4);
    }

    @Tag("slow")
    @Test
    void exit_withSeveralSchedulers_closesThemAtOnce() throws Exception {
        var run = run(BOUND, """
                for (int i = 0; i < 8; i++) {
                    stubborn(open(500, 1_000));
                }
                System.exit(3);
                """);
        assertThat(run.exitCode()).isEqualTo(3);
    }

    @Tag("slow")
    @Test
    void mainThatEnds_letsTheJobsGoOn_forTheWait() throws Exception {
        var run = run(BOUND, """
                var jobs = open(10_000, 1_000);
                jobs.spawn("job", () -> {
                    Thread.sleep(500);
                    System.out.println("went on");
                });
                """);
        assertThat(run.exitCode()).isZero();
        assertThat(run.output()).contains("went on");
    }

    @Test
    void spawnThatRacesTheExit_isRefused_orItsJobEnds() throws Exception {
        var run = run(BOUND, """
                var jobs = open(300, 1_000);
                var spawner = Thread.ofPlatform().daemon().start(() -> {
                    try {
                        while (true) {
                            jobs.spawn("job", () -> 1);
                        }
                    } catch (RejectedExecutionException expected) {
                        System.out.println("refused");
                    }
                });
                // The JVM ends when all hooks have.
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    try {
                        spawner.join();
                    } catch (InterruptedException never) {
                        throw new AssertionError(never);
                    }
                }));
                Thread.sleep(200);
                System.exit(3);
                """);
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.output()).contains("refused");
    }

    @Tag("slow")
    @Test
    void exit_thatACloserOfItsOwnCalls_ends() throws Exception {
        var run = run(BOUND, """
                var jobs = open(300, 300);
                stubborn(jobs);
                Thread.ofPlatform().daemon().start(jobs::close);
                System.exit(3);
                """);
        assertThat(run.exitCode()).isEqualTo(3);
    }

    @Test
    void terminate_withASleepingJob_cleansItUp() throws Exception {
        var run = run(BOUND, "sleeper(open(300, 5_000)); terminate();");
        assertThat(run.exitCode()).isEqualTo(143);
        assertThat(run.output()).contains("cleaned up");
    }

    @Tag("full")
    @Test
    void terminate_withTheDefaults_andAJobThatWouldNotStop_fitsIntoThirtySeconds() throws Exception {
        var run = run(BOUND, "var jobs = Scheduler.open(options()); stubborn(jobs); sleeper(jobs); terminate();");
        assertThat(run.exitCode()).isEqualTo(143);
        assertThat(run.output()).contains("cleaned up").contains("stubborn");
    }

    /// The log of a program that has used it is taken down while the JVM exits.
    @Tag("slow")
    @Test
    void terminate_ofAProgramThatHasLogged_stillReportsAJobThatWouldNotStop() throws Exception {
        var run = run(BOUND, """
                System.getLogger("user").log(System.Logger.Level.INFO, "begins");
                var jobs = open(100, 200);
                stubborn(jobs);
                terminate();
                """);
        assertThat(run.exitCode()).isEqualTo(143);
        assertThat(run.output()).containsPattern("stubborn.*did not stop within");
    }

    @Tag("full")
    @Test
    void terminate_withHugeTimeouts_andHogs_fitsIntoThirtySeconds() throws Exception {
        var run = run(BOUND, """
                var jobs = Scheduler.open(options().withCloseOnExit(Duration.ofDays(1)).withCloseTimeout(Duration.ofDays(1)));
                hogs(jobs);
                terminate();
                """);
        assertThat(run.exitCode()).isEqualTo(143);
    }

    /// kill -9 leaves nothing to test; an interrupt from the keyboard is a signal like the other.
    @Tag("full")
    @Test
    void interruptSignal_withASleepingJob_cleansItUp() throws Exception {
        assumeFalse(
                isInterruptSignalIgnored(), "a process started in the background ignores it, and so do its children");
        var run = run(BOUND, """
                sleeper(open(300, 5_000));
                new ProcessBuilder("kill", "-INT", "" + ProcessHandle.current().pid()).start();
                Thread.sleep(1_000_000);
                """);
        assertThat(run.exitCode()).isEqualTo(130);
        assertThat(run.output()).contains("cleaned up");
    }

    private static boolean isInterruptSignalIgnored() throws IOException {
        var status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(line ->
                                (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
    }
}
