package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobAction;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.testing.RawScope;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// To whom jobs, schedulers and threads are booked.
final class OwnershipTest {
    private final ThreadBirths births = new ThreadBirths();
    private final Owner session = owner(Owner.Level.SESSION, null, "session");
    private final Owner strangers = owner(Owner.Level.SESSION, session, "strangers");
    private final Owner type = owner(Owner.Level.CLASS, session, "class");
    private final Owner test = owner(Owner.Level.TEST, type, "test");
    private final Owner other = owner(Owner.Level.TEST, type, "other");
    private final CountDownLatch over = new CountDownLatch(1);
    private JobObserver.@Nullable Installation installation;
    private Ledger ledger = new Ledger(session, strangers, false);

    private Owner owner(Owner.Level level, @Nullable Owner above, String label) {
        return new Owner(level, above, label, TestSettings.of(NoLeakedJobs.Threads.VIRTUAL), Set.of(), births);
    }

    @BeforeEach
    void install() {
        use(false);
    }

    private void use(boolean parallel) {
        uninstall();
        ledger = new Ledger(session, strangers, parallel);
        installation = JobObserver.install(ledger);
    }

    @AfterEach
    void uninstall() {
        if (installation != null) {
            installation.close();
        }
    }

    private static void as(@Nullable Owner owner, Runnable action) {
        if (owner == null) {
            action.run();
            return;
        }
        Claim before = CurrentOwner.enter(owner);
        try {
            action.run();
        } finally {
            CurrentOwner.restore(before);
        }
    }

    private void forever() throws InterruptedException {
        over.await();
    }

    /// Opens and closes a scheduler as the opener; each action's job is to be in the books of one owner.
    private void check(@Nullable Owner opener, @Nullable Owner spawner, @Nullable Owner expected) {
        as(opener, () -> {
            Scheduler jobs = Scheduler.open("jobs");
            CurrentOwner.restore(null);
            as(spawner, () -> jobs.spawn("job", this::forever));
            for (Owner each : List.of(session, strangers, type, test, other)) {
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
        ledger.began(type);
        ledger.began(test);
        check(type, null, test);
    }

    @Test
    void job_ofANamelessThread_inParallel_belongsToTheSchedulersClass() {
        use(true);
        ledger.began(type);
        ledger.began(test);
        check(type, null, type);
    }

    @Test
    void job_ofANamelessThread_inParallel_withAStrangeScheduler_belongsToStrangers() {
        use(true);
        ledger.began(test);
        check(null, null, strangers);
    }

    @Test
    void job_ofNoTest_belongsToNobody() {
        check(null, null, null);
    }

    @Test
    void job_ofASettledTest_goesUp_andFailsNoOtherTest() {
        ledger.began(other);
        test.settle();
        check(type, test, type);
    }

    @Test
    void job_ofABlamedTest_isNoNews() {
        test.settle();
        test.blame();
        check(type, test, null);
    }

    @Test
    void child_belongsToTheParentsTest_whoeverSpawnsIt() throws Exception {
        use(true);
        ledger.began(test);
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
            as(other, () -> assertThat(CurrentOwner.get()).isSameAs(other));
            assertThat(CurrentOwner.get()).isSameAs(test);
        });
        assertThat(CurrentOwner.get()).isNull();
    }

    /// A scoped value in place of the thread-local would break this.
    @Test
    void owner_mayChangeWhileATaskScopeIsOpen() throws InterruptedException {
        try (var scope = RawScope.open()) {
            Claim before = CurrentOwner.enter(test);
            var owner = scope.fork(CurrentOwner::get);
            scope.join();
            CurrentOwner.restore(before);
            assertThat(owner.get()).isSameAs(test);
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
            var findings = Findings.freeze(test, Pending.of(test, null), Duration.ZERO);
            String text = new FailureText(findings, Aftermath.NOTHING, test.settings(), null).toString();
            assertThat(text)
                    .contains("jobs/…/job #" + entry.id() + " was collected while pending: its body never ended");
            assertThat(new LeaksJson(findings, Aftermath.NOTHING).toString()).contains("\"state\": \"COLLECTED\"");
            over.countDown();
        }
    }

    @Test
    void birth_ofAThread_isFoundByItsId() throws InterruptedException {
        var thread = new Thread[1];
        as(test, () -> thread[0] = Thread.ofVirtual().start(this::untilOver));
        assertThat(ThreadBirths.of(thread[0].threadId(), births.alive()))
                .isNotNull()
                .extracting(ThreadBirth::owner)
                .isSameAs(test);
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
    void birth_isUnknown_whereTwoOwnersAreTooNear() {
        var tests = new ThreadBirth(test);
        var others = new ThreadBirth(other);
        var alive = new TreeMap<Long, ThreadBirth>();
        alive.put(12L, tests);
        assertThat(ThreadBirths.of(11, alive)).isSameAs(tests);
        assertThat(ThreadBirths.of(9, alive)).isSameAs(tests);
        alive.put(13L, others);
        assertThat(ThreadBirths.of(11, alive)).isNull();
        assertThat(ThreadBirths.of(9, alive)).isNull();
        assertThat(ThreadBirths.of(13, alive)).isNull();
    }

    /// The books are looked at as soon as they are empty; what the last job's thread says after that is not lost.
    @Test
    void failure_thatNobodyWaitsFor_isInTheBooksOnceTheJobHasLeftThem() {
        isToldInTime(() -> {
            throw new IllegalArgumentException("card declined");
        });
    }

    @Test
    void failure_ofACancelledJob_isInTheBooksOnceTheJobHasLeftThem() {
        isToldInTime(() -> {
            Job.current().ifPresent(Job::cancel);
            throw new IllegalArgumentException("card declined");
        });
    }

    @Test
    void failure_ofAJobThatNeverHadAThread_isInTheBooksOnceTheJobHasLeftThem() {
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

    private void isToldInTime(JobAction failing) {
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
