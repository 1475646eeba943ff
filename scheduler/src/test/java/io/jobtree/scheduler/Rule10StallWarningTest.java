package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
@DisplayName(
        "R10: a limit that is full, has pending jobs and has started none for a while is logged once, with its holders")
final class Rule10StallWarningTest {
    private final Door hold = new Door();

    @AfterEach
    void letGo() {
        hold.open();
    }

    private static SchedulerOptions options(int limit) {
        return TestOptions.limit(limit).withWaitTimeout(Duration.ofSeconds(5));
    }

    private void waitsInHere(CountDownLatch running) throws InterruptedException {
        running.countDown();
        hold.pass();
    }

    @EachThreadKind
    void fullLimit_withPendingJobs_isLoggedOnce_withHoldersAndWhereTheyStand() throws Exception {
        try (var log = new RecordedLog();
                var jobs = Scheduler.open(options(2).withStallWarning(Duration.ofMillis(100)))) {
            var running = new CountDownLatch(2);
            var holders = new Job<?>[] {
                jobs.spawn("first holder", () -> waitsInHere(running)),
                jobs.spawn("second holder", () -> waitsInHere(running))
            };
            running.await();
            jobs.spawn("pending", () -> 1);
            Within.isTrue(() -> !log.containing("first holder").isEmpty());
            var record = log.containing("first holder").getFirst();
            assertThat(record.getMessage())
                    .contains("test")
                    .contains("second holder")
                    .contains("#" + holders[0].id())
                    .contains("waitsInHere");
            assertThat(hold.staysShut()).isTrue();
            assertThat(hold.staysShut()).isTrue();
            assertThat(hold.staysShut()).isTrue();
            assertThat(log.containing("first holder")).hasSize(1);
            hold.open();
        }
    }

    @EachThreadKind
    void sharedLimit_thatIsFull_isLoggedByItsName() throws Exception {
        var files = Limit.of("open files", 1);
        try (var log = new RecordedLog();
                var jobs = Scheduler.open(options(5).withStallWarning(Duration.ofMillis(100)))) {
            var running = new CountDownLatch(1);
            jobs.spawn(JobOptions.named("reader").withSharedLimit(files), () -> waitsInHere(running));
            running.await();
            jobs.spawn(JobOptions.named("waits").withSharedLimit(files), () -> 1);
            Within.isTrue(() -> !log.containing("open files").isEmpty());
            assertThat(log.containing("open files").getFirst().getMessage()).contains("reader");
            hold.open();
        }
    }

    /// All of them look.
    @EachThreadKind
    void sharedLimit_ofSeveralSchedulers_isLoggedOnce() throws Exception {
        var files = Limit.of("open files", 1);
        var withFiles = JobOptions.named("reader").withSharedLimit(files);
        var options = options(5).withStallWarning(Duration.ofMillis(100));
        try (var log = new RecordedLog();
                var one = Scheduler.open(options);
                var other = Scheduler.open(options)) {
            for (var i = 0; i < 3; i++) {
                one.spawn(withFiles, hold::pass);
                other.spawn(withFiles, hold::pass);
            }
            Within.isTrue(() -> !log.containing("open files").isEmpty());
            for (var i = 0; i < 8; i++) {
                assertThat(hold.staysShut()).isTrue();
            }
            assertThat(log.containing("open files")).hasSize(1);
            hold.open();
        }
    }

    @EachThreadKind
    void childLimit_thatIsFull_isLogged() throws Exception {
        try (var log = new RecordedLog();
                var jobs = Scheduler.open(options(5).withStallWarning(Duration.ofMillis(100)))) {
            var running = new CountDownLatch(1);
            jobs.spawn(JobOptions.named("branch").withChildLimit(1), scope -> {
                scope.spawn("holder", () -> waitsInHere(running));
                running.await();
                scope.spawn("waits", () -> 1);
                return 1;
            });
            Within.isTrue(() -> !log.containing("branch").isEmpty());
            assertThat(log.containing("branch").getFirst().getMessage()).contains("holder");
            hold.open();
        }
    }

    @Test
    void limit_thatIsFullWithoutPendingJobs_orThatStartsJobs_orIsNotWatched_isNotLogged() throws Exception {
        try (var log = new RecordedLog();
                var full = Scheduler.open(options(1).withStallWarning(Duration.ofMillis(200)));
                var busy = Scheduler.open(
                        options(1).withStallWarning(Duration.ofSeconds(20)).withoutPendingLimit());
                var unwatched = Scheduler.open(
                        options(1).withStallWarning(Duration.ofMillis(50)).withoutStallWarning())) {
            full.spawn("holder", hold::pass);
            for (var i = 0; i < 500; i++) {
                busy.spawn("job", Crowd::linger);
            }
            unwatched.spawn("holder", hold::pass);
            unwatched.spawn("pending", () -> 1);
            for (var i = 0; i < 8; i++) {
                assertThat(hold.staysShut()).isTrue();
            }
            assertThat(log.records()).isEmpty();
            hold.open();
        }
    }

    /// Each waits for less than the warning takes, and one always does.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fullLimit_whosePendingJobsAreCancelledOrTimeOut_isLoggedOnce(boolean timeOut) throws Exception {
        var failures = new RecordedFailures();
        var patience = Duration.ofMillis(200);
        try (var log = new RecordedLog();
                var jobs = Scheduler.open(options(1).withStallWarning(patience).withFailureHandler(failures))) {
            jobs.spawn("holder", hold::pass);
            var pending = new AtomicReference<>(jobs.spawn(TestOptions.withDeadline("pending"), () -> 1));
            Callable<Boolean> replacePending = () -> {
                var before = pending.getAndSet(jobs.spawn(TestOptions.withDeadline("pending"), () -> 1));
                if (timeOut) {
                    TestOptions.passDeadline(before);
                } else {
                    before.cancel();
                }
                return hold.staysShut() && !log.containing("is full").isEmpty();
            };
            Within.isTrue(replacePending);
            assertThat(log.containing("is full").getFirst().getMessage()).contains("holder");
            for (var i = 0; i < 8; i++) {
                replacePending.call();
            }
            assertThat(log.containing("is full")).hasSize(1);
            hold.open();
        }
    }

    @Test
    void fullLimit_thatStartsJobsAgainAndAgain_isNotLogged() throws Exception {
        try (var log = new RecordedLog();
                var jobs = Scheduler.open(options(1).withStallWarning(Duration.ofSeconds(1)))) {
            for (var i = 0; i < 30; i++) {
                jobs.spawn("job", hold::staysShut);
            }
            jobs.awaitIdle();
            assertThat(log.records()).isEmpty();
        }
    }

    /// The default is a minute: a test can only see that it does not come at once.
    @Test
    void default_isQuietForShortWaits() throws Exception {
        try (var log = new RecordedLog();
                var jobs = Scheduler.open(options(1))) {
            jobs.spawn("holder", hold::pass);
            jobs.spawn("pending", () -> 1);
            assertThat(hold.staysShut()).isTrue();
            hold.open();
            assertThat(log.records()).isEmpty();
        }
    }

    /// A look at a tree of very many jobs takes a while: a job that comes to wait meanwhile, in a scope that
    /// the look has been in already, finds that somebody looks.
    @Tag("slow")
    @Test
    @Timeout(120)
    void childLimit_thatFillsUpDuringTheLastLook_isLogged() throws Exception {
        int rounds = 20;
        var mayFill = Stream.generate(Door::new).limit(rounds).toList();
        var mayEnd = Stream.generate(Door::new).limit(rounds).toList();
        try (var log = new RecordedLog();
                var jobs = Scheduler.open(TestOptions.unlimited().withStallWarning(Duration.ofMillis(40)));
                AutoCloseable _ = () -> {
                    mayFill.forEach(Door::open);
                    mayEnd.forEach(Door::open);
                    letGo();
                }) {
            for (int i = 0; i < rounds; i++) {
                int round = i;
                jobs.spawn(JobOptions.named("stall-" + i).withChildLimit(1), scope -> {
                    scope.spawn("holder", () -> mayEnd.get(round).pass());
                    mayFill.get(round).pass();
                    scope.spawn("waits", () -> 1);
                    return 1;
                });
            }
            var crowd = new Door();
            jobs.spawn("crowd", scope -> {
                for (int i = 0; i < 100_000; i++) {
                    scope.spawn(hold::pass);
                }
                crowd.open();
            });
            crowd.pass();
            for (int i = 0; i < rounds; i++) {
                waitForAWhile(jobs, log, i);
                for (long start = System.nanoTime(); System.nanoTime() - start < i % 10 * 4_000_000L; ) {
                    Thread.onSpinWait();
                }
                mayFill.get(i).open();
                var limit = "stall-" + i + "'";
                Within.isTrue(() -> !log.containing(limit).isEmpty());
                mayEnd.get(i).open();
            }
        }
    }

    /// So long that somebody looks; the next look may be the last.
    private static void waitForAWhile(Scheduler jobs, RecordedLog log, int round) throws Exception {
        var mayEnd = new Door();
        var name = "transient-" + round;
        var branch = jobs.spawn(JobOptions.named(name).withChildLimit(1), scope -> {
            scope.spawn("holder", () -> mayEnd.pass());
            scope.spawn("waits", () -> 1);
        });
        Within.isTrue(() -> !log.containing(name).isEmpty());
        mayEnd.open();
        branch.await();
    }
}
