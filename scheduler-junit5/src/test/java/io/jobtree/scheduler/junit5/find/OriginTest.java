package io.jobtree.scheduler.junit5.find;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobAction;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.junit5.NoLeakedJobs;
import io.jobtree.scheduler.junit5.leak.Cancelled;
import io.jobtree.scheduler.junit5.leak.Leaks;
import io.jobtree.scheduler.junit5.report.FailureText;
import io.jobtree.scheduler.junit5.report.LeaksJson;
import io.jobtree.scheduler.junit5.settings.TestSettings;
import io.jobtree.testing.RawScope;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// To whom jobs, schedulers and threads belong.
final class OriginTest {
    private final ThreadCreations creations = new ThreadCreations();
    private final Origin session = origin(Origin.Level.SESSION, null, "session");
    private final Origin unknown = origin(Origin.Level.SESSION, session, "unknown");
    private final Origin type = origin(Origin.Level.CLASS, session, "class");
    private final Origin test = origin(Origin.Level.TEST, type, "test");
    private final Origin other = origin(Origin.Level.TEST, type, "other");
    private final CountDownLatch over = new CountDownLatch(1);
    private JobObserver.@Nullable Installation installation;
    private JobTracker tracker = new JobTracker(session, unknown, false);

    private Origin origin(Origin.Level level, @Nullable Origin above, String label) {
        return new Origin(level, above, label, TestSettings.of(NoLeakedJobs.Threads.VIRTUAL), List.of(), creations);
    }

    @BeforeEach
    void install() {
        use(false);
    }

    private void use(boolean parallel) {
        uninstall();
        tracker = new JobTracker(session, unknown, parallel);
        installation = JobObserver.install(tracker);
    }

    @AfterEach
    void uninstall() {
        if (installation != null) {
            installation.close();
        }
    }

    private static void as(@Nullable Origin origin, Runnable action) {
        if (origin == null) {
            action.run();
            return;
        }
        Inherited before = CurrentOrigin.enter(origin);
        try {
            action.run();
        } finally {
            CurrentOrigin.restore(before);
        }
    }

    private void forever() throws InterruptedException {
        over.await();
    }

    /// Opens and closes a scheduler as the opener; each action's job is to be in the records of one origin.
    private void check(@Nullable Origin opener, @Nullable Origin spawner, @Nullable Origin expected) {
        as(opener, () -> {
            Scheduler jobs = Scheduler.open("jobs");
            CurrentOrigin.restore(null);
            as(spawner, () -> jobs.spawn("job", this::forever));
            for (Origin each : List.of(session, unknown, type, test, other)) {
                assertThat(each.jobs()).as("%s", each).hasSize(each == expected ? 1 : 0);
            }
            over.countDown();
            jobs.close();
            assertThat(test.isEmpty()).isTrue();
        });
    }

    @Test
    void job_belongsToTheSpawnersTest() {
        check(other, test, test);
    }

    @Test
    void job_ofANamelessThread_belongsToTheTestThatOpenedTheScheduler() {
        check(test, null, test);
    }

    @Test
    void job_ofANamelessThread_belongsToTheRunningTest_whereTestsRunOneByOne() {
        tracker.began(type);
        tracker.began(test);
        check(type, null, test);
    }

    @Test
    void job_ofANamelessThread_inParallel_belongsToTheSchedulersClass() {
        use(true);
        tracker.began(type);
        tracker.began(test);
        check(type, null, type);
    }

    @Test
    void job_ofANamelessThread_inParallel_withAStrangeScheduler_belongsToUnknown() {
        use(true);
        tracker.began(test);
        check(null, null, unknown);
    }

    @Test
    void job_ofNoTest_belongsToNobody() {
        check(null, null, null);
    }

    @Test
    void job_ofAFinishedTest_goesUp_andFailsNoOtherTest() {
        tracker.began(other);
        test.finish();
        check(type, test, type);
    }

    @Test
    void job_ofAReportedTest_isNoNews() {
        test.finish();
        test.markReported();
        check(type, test, null);
    }

    @Test
    void child_belongsToTheParentsTest_whoeverSpawnsIt() throws Exception {
        use(true);
        tracker.began(test);
        var scope = new CompletableFuture<io.jobtree.scheduler.JobScope>();
        Scheduler jobs = Scheduler.open("jobs");
        as(
                test,
                () -> jobs.spawn("parent", inner -> {
                    scope.complete(inner);
                    forever();
                    return 1;
                }));
        scope.get().spawn("child", this::forever);
        scope.get().spawn("another", this::forever);
        assertThat(test.jobs()).hasSize(3);
        over.countDown();
        jobs.close();
    }

    @Test
    void jobsOfAJob_andOfItsThreads_belongToItsTest() throws InterruptedException {
        use(true);
        Scheduler jobs = Scheduler.open("jobs");
        var spawned = new CountDownLatch(2);
        as(
                test,
                () -> jobs.spawn("spawner", () -> {
                    jobs.spawn("sibling", this::forever);
                    spawned.countDown();
                    Thread.ofVirtual().start(() -> {
                        jobs.spawn("of-its-thread", this::forever);
                        spawned.countDown();
                    });
                    forever();
                }));
        spawned.await();
        assertThat(test.jobs()).hasSize(3);
        over.countDown();
        jobs.close();
    }

    /// Fork-join may start a test inside another one on the same thread.
    @Test
    void enter_isUndoneByRestore_whenTestsNest() {
        as(test, () -> {
            as(other, () -> assertThat(CurrentOrigin.get()).isSameAs(other));
            assertThat(CurrentOrigin.get()).isSameAs(test);
        });
        assertThat(CurrentOrigin.get()).isNull();
    }

    /// A scoped value in place of the thread-local would break this.
    @Test
    void owner_mayChangeWhileATaskScopeIsOpen() throws InterruptedException {
        try (var scope = RawScope.open()) {
            Inherited before = CurrentOrigin.enter(test);
            var origin = scope.fork(CurrentOrigin::get);
            scope.join();
            CurrentOrigin.restore(before);
            assertThat(origin.get()).isSameAs(test);
        }
    }

    @Test
    void moved_recordOfAJobThatEnds_isInNobodysBooks() throws InterruptedException {
        try (var jobs = Scheduler.open("jobs")) {
            as(test, () -> jobs.spawn("job", this::forever));
            JobRecord entry = test.jobs().getFirst();
            entry.moveTo(type);
            assertThat(test.jobs()).isEmpty();
            assertThat(type.jobs()).containsExactly(entry);
            over.countDown();
            jobs.jobs().forEach(job -> joined(job));
            entry.moveTo(session);
            assertThat(session.jobs()).isEmpty();
            assertThat(type.jobs()).isEmpty();
        }
    }

    private static void joined(Job<?> job) {
        try {
            job.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void collectedJob_saysSo() {
        try (var jobs = Scheduler.open("jobs")) {
            as(test, () -> jobs.spawn("job", this::forever));
            JobRecord entry = test.jobs().getFirst();
            entry.clear();
            var leaks = Leaks.freeze(StillRunning.of(test), List.of(), Duration.ZERO);
            String text = new FailureText(leaks, "", Cancelled.NOTHING, test, null, null).toString();
            assertThat(text)
                    .contains("jobs/…/job #" + entry.id() + " was collected while pending: its body never ended");
            assertThat(new LeaksJson(leaks, Cancelled.NOTHING).toString()).contains("\"state\": \"COLLECTED\"");
            over.countDown();
        }
    }

    @Test
    void creation_ofAThread_isFoundByItsId() throws InterruptedException {
        var thread = new Thread[1];
        as(test, () -> thread[0] = Thread.ofVirtual().start(this::untilOver));
        assertThat(creations.of(thread[0].threadId(), id -> false, any -> true))
                .isNotNull()
                .extracting(ThreadCreation::origin)
                .isSameAs(test);
        over.countDown();
        thread[0].join();
    }

    /// A thread that inherits nothing has none, but may have an id beside that of one.
    @Test
    void creation_ofAThread_isThatOfNoOtherKindOfThread() throws InterruptedException {
        var thread = new Thread[1];
        as(test, () -> thread[0] = Thread.ofVirtual().start(this::untilOver));
        long id = thread[0].threadId();
        assertThat(creations.of(id, each -> false, creation -> creation.mayBeOf(Thread.class)))
                .isNull();
        assertThat(creations.of(id, each -> false, ThreadCreation::mayBeOfVirtualThread))
                .isNotNull();
        over.countDown();
        thread[0].join();
    }

    private void untilOver() {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void creation_isUnknown_whereTwoOriginsAreTooNear() {
        for (int i = 0; i < 5; i++) {
            ThreadCreation.nextThreadId();
        }
        var tests = creations.created(test);
        long id = tests.idBelow();
        assertThat(creations.of(id - 1, each -> false, any -> true)).isSameAs(tests);
        assertThat(creations.of(id - 3, each -> false, any -> true)).isSameAs(tests);
        var others = creations.created(other);
        assertThat(creations.of(others.idBelow() - 1, each -> false, any -> true))
                .isSameAs(others);
        assertThat(creations.of(id - 3, each -> false, any -> true)).isNull();
        assertThat(tests.origin()).isSameAs(test);
    }

    /// The records are looked at as soon as they are empty; what the last job's thread says after that is not lost.
    @Test
    void failure_thatNobodyWaitsFor_isInTheRecordsOnceTheJobHasLeftThem() {
        isNoticedInTime(() -> {
            throw new IllegalArgumentException("card declined");
        });
    }

    @Test
    void failure_ofACancelledJob_isInTheRecordsOnceTheJobHasLeftThem() {
        isNoticedInTime(() -> {
            Job.current().ifPresent(Job::cancel);
            throw new IllegalArgumentException("card declined");
        });
    }

    @Test
    void failure_ofAJobThatNeverHadAThread_isInTheRecordsOnceTheJobHasLeftThem() {
        var silent = SchedulerOptions.named("jobs").withLimit(1).withFailureHandler((job, failure) -> {});
        as(test, () -> {
            try (var jobs = Scheduler.open(silent)) {
                jobs.spawn("holder", this::forever);
                for (int failures = 1; failures <= 50; failures++) {
                    jobs.spawn(JobOptions.named("pending").withTimeout(Duration.ofMillis(1)), () -> 1);
                    while (test.jobs().size() > 1) {
                        Thread.onSpinWait();
                    }
                    test.awaitFailing();
                    assertThat(test.unobserved()).hasSize(failures);
                }
                over.countDown();
            }
        });
    }

    private void isNoticedInTime(JobAction failing) {
        var silent = SchedulerOptions.named("jobs").withFailureHandler((job, failure) -> {});
        as(test, () -> {
            try (var jobs = Scheduler.open(silent)) {
                for (int failures = 1; failures <= 2_000; failures++) {
                    jobs.spawn("charge", failing);
                    while (!test.jobs().isEmpty()) {
                        Thread.onSpinWait();
                    }
                    test.awaitFailing();
                    assertThat(test.unobserved()).hasSize(failures);
                }
            }
        });
    }
}
