package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.JobTree.Kind;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("R10: tree() says whose limit a pending job waits for and who holds it, and what waiting jobs wait for")
final class JobTreeWaitsTest {
    private static JobTree.Wait waitOf(Job<?> job) {
        return job.tree().waitsFor().orElseThrow();
    }

    private static void awaitWaiting(Job<?> job) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(1))
                .until(() -> job.tree().waitsFor().isPresent());
    }

    @Test
    void tree_ofAPendingJob_namesItsScope_andWhoHoldsThePlaces() throws Exception {
        var held = Held.several(2);
        try (var jobs = Scheduler.open(TestOptions.limit(2))) {
            var first = jobs.spawn("first", held.get(0));
            var second = jobs.spawn("second", held.get(1));
            var pending = jobs.spawn("pending", () -> 1);
            var wait = waitOf(pending);
            assertThat(wait.kind()).isEqualTo(Kind.PLACE);
            assertThat(wait.name()).isEqualTo("test");
            assertThat(wait.jobs())
                    .containsExactly(new JobTree.Ref(first.id(), "first"), new JobTree.Ref(second.id(), "second"));
            assertThat(jobs.tree().toString())
                    .contains("waits for a place in test, held by first #" + first.id() + ", second #" + second.id());
            held.forEach(Held::release);
        }
    }

    @Test
    void tree_ofAJobThatWaitsForASharedLimit_namesIt_andItsHolder() throws Exception {
        var held = Held.body();
        var limit = Limit.of("files", 1);
        try (var others = Scheduler.open(TestOptions.unlimited());
                var jobs = Scheduler.open(TestOptions.unlimited())) {
            var holder = others.spawn(JobOptions.named("holder").withSharedLimit(limit), held);
            var pending = jobs.spawn(JobOptions.named("pending").withSharedLimit(limit), () -> 1);
            var wait = waitOf(pending);
            assertThat(wait.kind()).isEqualTo(Kind.PLACE);
            assertThat(wait.name()).isEqualTo("files");
            assertThat(wait.jobs()).containsExactly(new JobTree.Ref(holder.id(), "holder"));
            held.release();
        }
    }

    /// That one has the limit of the job that calls it, and none in its own options.
    @Test
    void tree_ofJobsThatWaitForASharedLimit_namesIt_besideAShieldedOneThatReturnsToIt() throws Exception {
        var held = Held.several(2);
        var begin = new Door();
        var limit = Limit.of("files", 1);
        var limited = JobOptions.named("limited").withSharedLimit(limit);
        try (var others = Scheduler.open(TestOptions.unlimited());
                var jobs = Scheduler.open(TestOptions.unlimited())) {
            var other = others.spawn("other", held.get(0));
            jobs.spawn(limited, () -> {
                begin.pass();
                jobs.shield("shielded", () -> other.join());
            });
            jobs.spawn(limited, held.get(1));
            jobs.spawn(limited, () -> 1);
            begin.open();
            held.get(1).awaitStarted();
            held.get(0).release();
            Within.isTrue(() -> limit.waiting() == 2);
            assertThat(jobs.tree().children().stream()
                            .flatMap(job -> job.waitsFor().stream())
                            .filter(wait -> wait.kind() == Kind.PLACE))
                    .hasSize(2)
                    .allSatisfy(wait -> assertThat(wait.name()).isEqualTo("files"));
            held.get(1).release();
        }
    }

    @Test
    void tree_ofAWaitingJob_namesTheOther_andIfItsWaitHasATimeout() throws Exception {
        var held = Held.body();
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            var other = jobs.spawn("other", held);
            var patient = jobs.spawn("patient", () -> other.join());
            var timed = jobs.spawn("timed", () -> other.join(TestOptions.LONG));
            awaitWaiting(patient);
            assertThat(waitOf(patient).kind()).isEqualTo(Kind.JOB);
            assertThat(waitOf(patient).jobs()).containsExactly(new JobTree.Ref(other.id(), "other"));
            Awaitility.await().until(() -> patient.thread().orElseThrow().getState() == Thread.State.WAITING);
            assertThat(waitOf(patient).timed()).isFalse();
            awaitWaiting(timed);
            Awaitility.await().until(() -> waitOf(timed).timed());
            held.release();
        }
    }

    @Test
    void tree_ofJobsThatWaitForEachOther_isADeadlock() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            var second = new CompletableFuture<Job<String>>();
            var a = jobs.<String>spawn("a", () -> second.get().join());
            var b = jobs.<String>spawn("b", () -> a.join());
            second.complete(b);
            awaitWaiting(a);
            awaitWaiting(b);
            Awaitility.await()
                    .until(() -> !a.tree().waitsFor().orElseThrow().timed()
                            && jobs.tree().waits().contains("deadlock: a #" + a.id()));
            assertThat(jobs.tree().waits().lines().filter(line -> line.startsWith("deadlock")))
                    .containsExactly("deadlock: a #" + a.id() + " waits for b #" + b.id() + ", b #" + b.id()
                            + " waits for a #" + a.id());
            jobs.cancel();
        }
    }

    @Test
    void tree_hasTheTimeLeft_untilTheNearestDeadlineAbove() throws Exception {
        var held = Held.body();
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            var child = new CompletableFuture<Job<?>>();
            jobs.spawn(JobOptions.named("branch").withTimeout(Duration.ofHours(1)), scope -> {
                child.complete(scope.spawn(JobOptions.named("child").withTimeout(Duration.ofHours(2)), held));
                return 1;
            });
            var free = jobs.spawn("free", held);
            var left = Duration.ofHours(1);
            assertThat(child.get().tree().left().orElseThrow())
                    .isLessThanOrEqualTo(left)
                    .isPositive();
            assertThat(jobs.tree()
                            .children()
                            .getFirst()
                            .children()
                            .getFirst()
                            .left()
                            .orElseThrow())
                    .isLessThanOrEqualTo(left)
                    .isPositive();
            assertThat(free.tree().left()).isEqualTo(Optional.empty());
            held.release();
        }
    }

    /// What ends first, and then lacks its place.
    enum Wait {
        JOIN,
        IDLE,
        BLOCKING,
        ROOM
    }

    @ParameterizedTest
    @EnumSource
    void tree_ofAJobWhoseWaitIsOver_namesTheLimitWhosePlaceItLacks(Wait wait) throws Exception {
        var held = Held.body();
        var over = new Door();
        try (var jobs = Scheduler.open(TestOptions.named("orders").withLimit(1));
                var others = Scheduler.open(TestOptions.unlimited());
                var full = Scheduler.open(TestOptions.limit(1).withPendingLimit(1))) {
            full.spawn("first", over::pass);
            full.spawn("pending", () -> {});
            var awaited = others.spawn("awaited", over::pass);
            var waiting = jobs.spawn("waiting", () -> {
                switch (wait) {
                    case JOIN -> awaited.join();
                    case IDLE -> others.awaitIdle();
                    case BLOCKING ->
                        Job.blocking(() -> {
                            over.pass();
                            return 1;
                        });
                    case ROOM -> full.spawn("late", () -> {});
                }
            });
            var holder = jobs.spawn("holder", held);
            Awaitility.await().until(() -> holder.thread().isPresent());
            over.open();
            Awaitility.await()
                    .until(() -> waiting.tree().waitsFor().stream().anyMatch(found -> found.kind() == Kind.PLACE));
            assertThat(waitOf(waiting).name()).isEqualTo("orders");
            assertThat(waitOf(waiting).jobs()).containsExactly(new JobTree.Ref(holder.id(), "holder"));
            assertThat(waiting.tree().note()).isEmpty();
            held.release();
        }
    }

    @Test
    void tree_ofAJobThatWaitsForAScope_orInABlockingCall_saysSo() throws Exception {
        var held = Held.body();
        try (var jobs = Scheduler.open(TestOptions.unlimited());
                var others = Scheduler.open(TestOptions.named("others"))) {
            var other = others.spawn("other", held);
            var idle = jobs.spawn("idle", () -> {
                others.awaitIdle();
                return 1;
            });
            var blocking = jobs.spawn(
                    "blocking",
                    () -> Job.blocking(() -> {
                        assertThatThrownBy(() -> other.join(Duration.ofNanos(1)))
                                .isInstanceOf(TimeoutException.class);
                        jobs.shield("shielded", () -> {});
                        return held.call();
                    }));
            awaitWaiting(idle);
            assertThat(waitOf(idle).kind()).isEqualTo(Kind.IDLE);
            assertThat(waitOf(idle).jobs()).containsExactly(new JobTree.Ref(other.id(), "other"));
            assertThat(idle.tree()).asString().contains("waits until others is idle");
            Awaitility.await().until(() -> blocking.tree().note().equals("waits for a blocking call"));
            held.release();
        }
    }
}
