package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag(TestOptions.FRESH_THREADS)
@DisplayName("Thread reuse: a finished job's thread takes the next job of its scope, and is clean for it")
final class ThreadReuseTest {
    private static final ScopedValue<String> BOUND = ScopedValue.newInstance();

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final RecordedFailures failures = new RecordedFailures();
    private final Held<String> first = Held.body();

    private SchedulerOptions options() {
        return TestOptions.limit(1).withThreadReuse().withFailureHandler(failures);
    }

    /// What a body sees of its thread.
    private record Seen(
            Thread thread,
            String name,
            boolean interrupted,
            boolean bound,
            @Nullable Job<?> current) {
        static Seen now() {
            var thread = Thread.currentThread();
            return new Seen(
                    thread,
                    thread.getName(),
                    thread.isInterrupted(),
                    BOUND.isBound(),
                    Job.current().orElse(null));
        }
    }

    @Test
    void pendingJobs_runOneAfterTheOther_onOneThread() throws Exception {
        try (var jobs = Scheduler.open(options())) {
            jobs.spawn("first", first);
            first.awaitStarted();
            var thread = jobs.jobs().getFirst().thread().orElseThrow();
            var pending = new ArrayList<Job<Thread>>();
            for (int i = 0; i < 100; i++) {
                pending.add(jobs.spawn("pending", () -> Thread.currentThread()));
            }
            first.release();
            for (var job : pending) {
                assertThat(job.join()).isSameAs(thread);
                assertThat(job.thread()).isEmpty();
            }
        }
    }

    @Test
    void withoutReuse_threadsAreFresh() throws Exception {
        var held = Held.then(() -> Thread.currentThread());
        try (var jobs = Scheduler.open(SchedulerOptions.named("fresh").withLimit(1))) {
            var one = jobs.spawn("one", held);
            var two = jobs.spawn("two", () -> Thread.currentThread());
            held.release();
            assertThat(two.join()).isNotSameAs(one.join());
        }
    }

    /// Each waits for all others, among jobs that are soon over.
    @ParameterizedTest
    @ValueSource(ints = {2, 30})
    void jobsThatWait_haveAThreadEach(int count) throws Exception {
        for (var options : List.of(options().withLimit(count), options().withoutLimit())) {
            try (var jobs = Scheduler.open(options)) {
                for (int round = 0; round < 20; round++) {
                    var all = new CountDownLatch(count);
                    var group = new ArrayList<Job<?>>();
                    for (int i = 0; i < count; i++) {
                        jobs.spawn("short", () -> {});
                        group.add(jobs.spawn("waits", () -> {
                            all.countDown();
                            all.await();
                        }));
                    }
                    for (var job : group) {
                        job.join();
                    }
                }
            }
        }
    }

    @Test
    void thread_isCleanForTheNextJob() throws Exception {
        try (var jobs = Scheduler.open(options())) {
            var dirty = jobs.spawn("dirty", () -> {
                first.call();
                Thread.currentThread().setName("dirty name");
                Thread.currentThread().interrupt();
                return ScopedValue.where(BOUND, "mine").call(Seen::now);
            });
            var named = jobs.spawn("named", Seen::now);
            var unnamed = jobs.spawn(Seen::now);
            first.release();
            assertThat(dirty.join().bound()).isTrue();
            var thread = dirty.join().thread();
            assertThat(named.join()).isEqualTo(new Seen(thread, "named", false, false, named));
            assertThat(unnamed.join()).isEqualTo(new Seen(thread, "", false, false, unnamed));
        }
    }

    @Test
    void carriedValue_ofOneJob_isNotTheNextOnes() throws Exception {
        try (var jobs = Scheduler.open(options())) {
            jobs.spawn("first", first);
            var with = ScopedValue.where(BOUND, "carried")
                    .call(() -> jobs.spawn(JobOptions.named("with").withCarried(BOUND), () -> BOUND.get()));
            var without = jobs.spawn("without", () -> BOUND.isBound());
            first.release();
            assertThat(with.join()).isEqualTo("carried");
            assertThat(without.join()).isFalse();
        }
    }

    @Test
    void cancelled_job_leavesNoInterruptToTheNext() throws Exception {
        try (var jobs = Scheduler.open(options())) {
            for (int i = 0; i < 200; i++) {
                var held = Held.body();
                var cancelled = jobs.spawn("cancelled", held);
                var next = jobs.spawn("next", Seen::now);
                held.awaitStarted();
                cancelled.cancel();
                assertThat(next.join().interrupted()).isFalse();
                assertThat(next.join().current()).isSameAs(next);
            }
        }
    }

    @Test
    void failureHandler_thatIsSlow_holdsTheNextJobNotUp() throws Exception {
        var handling = new Door();
        var handled = new Door();
        var options = options().withFailureHandler((job, failure) -> {
            handling.open();
            handled.passIgnoringInterrupts();
        });
        try (var jobs = Scheduler.open(options)) {
            jobs.spawn("failing", () -> {
                first.call();
                throw new IllegalStateException("broken");
            });
            var next = jobs.spawn("next", () -> 2);
            first.release();
            handling.pass();
            try {
                assertThat(next.join(Duration.ofSeconds(10))).isEqualTo(2);
            } finally {
                handled.open();
            }
        }
    }

    @Test
    void cancelledSuccessor_isPassedOver() throws Exception {
        try (var jobs = Scheduler.open(options())) {
            jobs.spawn("first", first);
            first.awaitStarted();
            var thread = jobs.jobs().getFirst().thread().orElseThrow();
            var skipped = Held.body();
            var cancelled = jobs.spawn("cancelled", skipped);
            var last = jobs.spawn("last", () -> Thread.currentThread());
            assertThat(cancelled.cancel()).isTrue();
            first.release();
            assertThat(last.join()).isSameAs(thread);
            assertThat(skipped.runs()).isZero();
        }
    }

    @Test
    void observers_hearOfEachJob_inOrder_onItsThread() throws Exception {
        var options = options()
                .withObserver(new Hooks()
                        .onStarting(job -> hear("starting", job))
                        .onStopped(job -> hear("stopped", job))
                        .onEnded((job, outcome) -> hear("ended", job)));
        try (var jobs = Scheduler.open(options)) {
            jobs.spawn("first", first);
            first.awaitStarted();
            jobs.spawn("second", () -> heard.add("second runs"));
            first.release();
        }
        // A hook may wait: the place of its job is free before it is called.
        assertThat(heard)
                .filteredOn(text -> text.contains("first"))
                .containsExactly("starting first on first", "stopped first on first", "ended first on first");
        assertThat(heard)
                .filteredOn(text -> text.contains("second"))
                .containsExactly(
                        "starting second on second",
                        "second runs",
                        "stopped second on second",
                        "ended second on second");
    }

    private void hear(String what, Job<?> job) {
        assertThat(Job.current()).contains(job);
        heard.add(what + " " + job.name() + " on " + Thread.currentThread().getName());
    }

    @Test
    void children_ofABranchWithALimit_shareThreadsToo() throws Exception {
        try (var jobs = Scheduler.open(options())) {
            Job<List<Thread>> branch = jobs.spawn(JobOptions.named("branch").withChildLimit(1), scope -> {
                var one = scope.spawn("one", () -> {
                    first.call();
                    return Thread.currentThread();
                });
                var two = scope.spawn("two", () -> Thread.currentThread());
                first.release();
                return List.of(one.join(), two.join());
            });
            assertThat(branch.join().get(1)).isSameAs(branch.join().get(0));
        }
    }
}
