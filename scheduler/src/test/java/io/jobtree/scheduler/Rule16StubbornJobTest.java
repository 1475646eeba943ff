package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertCancelled;
import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;

@DisplayName("R16: a job that ignores interruption stays CANCELLING and keeps its place; nothing else is held up by it")
final class Rule16StubbornJobTest {
    private final Door hold = new Door();
    private final Limit limit = Limit.of("shared", 1);

    private Job<Integer> stubborn(JobScope scope, JobOptions options) throws InterruptedException {
        var running = new Door();
        var job = scope.spawn(options, () -> {
            running.open();
            return hold.passIgnoringInterrupts();
        });
        running.pass();
        return job;
    }

    @EachThreadKind
    void stubbornJob_staysCancelling_andKeepsItsPlace() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(1))) {
            var job = stubborn(jobs, JobOptions.named("stubborn").withSharedLimit(limit));
            var next = jobs.spawn("next", () -> 1);
            job.cancel();
            assertThat(hold.staysShut()).isTrue();
            assertThat(job.state()).isEqualTo(JobState.CANCELLING);
            assertThat(next.state()).isEqualTo(JobState.PENDING);
            assertThat(jobs.activeCount()).isEqualTo(1);
            assertThat(limit.taken()).isEqualTo(1);
            hold.open();
            assertCancelled(job, CancelReason.REQUESTED);
            assertSucceeded(next, 1);
        }
        assertThat(limit.taken()).isZero();
    }

    @EachThreadKind
    void otherJobs_goOnBesideIt() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(2))) {
            var job = stubborn(jobs, JobOptions.named("stubborn"));
            job.cancel();
            for (var i = 0; i < 100; i++) {
                assertSucceeded(jobs.spawn("next", () -> 1), 1);
            }
            var neighbour = jobs.spawn("neighbour", () -> new Door().pass());
            neighbour.cancel();
            assertCancelled(neighbour, CancelReason.REQUESTED);
            assertThat(job.state()).isEqualTo(JobState.CANCELLING);
            hold.open();
        }
    }

    @EachThreadKind
    void siblingsBelowTheSameBranch_areCancelledAllTheSame() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(2))) {
            var stubbornOf = new CompletableFuture<Job<?>>();
            var siblingOf = new CompletableFuture<Job<?>>();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                stubbornOf.complete(stubborn(scope, JobOptions.named("stubborn")));
                siblingOf.complete(scope.spawn("sibling", inner -> {
                    inner.spawn("leaf", () -> new Door().pass());
                    return 1;
                }));
                return 1;
            });
            var sibling = siblingOf.join();
            stubbornOf.join();
            branch.cancel();
            assertCancelled(sibling, CancelReason.PARENT, branch);
            assertThat(branch.state()).isEqualTo(JobState.CANCELLING);
            hold.open();
            assertCancelled(branch, CancelReason.REQUESTED);
        }
    }

    @EachThreadKind
    void cancelOfTheScheduler_returnsAtOnce_andCancelsTheOthers() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(5))) {
            var job = stubborn(jobs, JobOptions.named("stubborn"));
            var other = jobs.spawn("other", () -> new Door().pass());
            jobs.cancel();
            assertCancelled(other, CancelReason.REQUESTED);
            assertThat(job.isDone()).isFalse();
            hold.open();
        }
    }

    @EachThreadKind
    void close_ofAnotherScheduler_isNotHeldUp() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(5))) {
            stubborn(jobs, JobOptions.named("stubborn")).cancel();
            var other = Scheduler.open(TestOptions.limit(1));
            other.spawn("job", () -> new Door().pass());
            assertThat(other.close(Duration.ZERO)).isEmpty();
            hold.open();
        }
    }

    /// The one that cleans up was waiting, so it has no place when it is cancelled.
    @EachThreadKind
    void shieldedCleanUp_ofAnotherJob_isNotHeldUp_whenTheSchedulerIsClosed() throws Exception {
        var cleanedUp = new Door();
        var jobs = Scheduler.open(TestOptions.limit(1).withCloseTimeout(Duration.ofSeconds(5)));
        var waiting = jobs.spawn("waiting", () -> {
            try {
                Job.blocking(() -> new Door().pass());
            } finally {
                jobs.shield("clean-up", cleanedUp::open);
            }
        });
        Within.isParked(waiting);
        var job = stubborn(jobs, JobOptions.named("stubborn"));
        waiting.cancel();
        cleanedUp.pass();
        assertCancelled(waiting, CancelReason.REQUESTED);
        assertThat(job.isDone()).isFalse();
        hold.open();
        assertThat(jobs.close(TestOptions.LONG)).isEmpty();
    }
}
