package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.engine.EngineView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(150)
@DisplayName("R17: where memory or the stack runs out in Jobtree's own code, each job ends and each place is free")
final class Rule17EngineErrorsTest {
    private static final int FRAMES = 400;

    private static SchedulerOptions options() {
        return TestOptions.limit(4)
                .withoutPendingLimit()
                .withWaitTimeout(Duration.ofSeconds(2))
                .withCloseTimeout(Duration.ofSeconds(2))
                .withFailureHandler((job, failure) -> {});
    }

    /// What is called close to the end of the stack.
    enum Call {
        SPAWN,
        SPAWN_BRANCH,
        SPAWN_WITH_TIMEOUT,
        SPAWN_AND_JOIN,
        SPAWN_AND_CANCEL,
        SPAWN_AND_CANCEL_ALL,
        TRY_SPAWN,
        SHIELD,
        BLOCKING,
        AWAIT_IDLE,
        AWAIT_WITH_TIMEOUT,
        FUTURE_GET,
        LOOK
    }

    private static void call(Call call, Scheduler jobs, JobScope scope, List<Job<?>> spawned, Door door)
            throws Exception {
        switch (call) {
            case SPAWN -> spawned.add(scope.spawn("job", () -> 1));
            case SPAWN_BRANCH ->
                spawned.add(scope.spawn(
                        "job", inner -> inner.spawn("below", () -> 1).join()));
            case SPAWN_WITH_TIMEOUT ->
                spawned.add(scope.spawn(JobOptions.named("job").withTimeout(Duration.ofHours(1)), () -> 1));
            case SPAWN_AND_JOIN -> {
                var job = scope.spawn("job", () -> 1);
                spawned.add(job);
                job.join();
            }
            case SPAWN_AND_CANCEL -> {
                var job = scope.spawn("job", door::pass);
                spawned.add(job);
                job.cancel();
            }
            case SPAWN_AND_CANCEL_ALL -> {
                spawned.add(scope.spawn("job", door::pass));
                if (scope != jobs) {
                    scope.cancel();
                }
            }
            case TRY_SPAWN -> scope.trySpawn("job", () -> 1).ifPresent(spawned::add);
            case BLOCKING -> assertThat(Job.blocking(() -> 1)).isEqualTo(1);
            case AWAIT_IDLE -> {
                spawned.add(scope.spawn("job", () -> 1));
                if (scope != jobs) {
                    scope.awaitIdle(Duration.ofNanos(1));
                }
            }
            case AWAIT_WITH_TIMEOUT -> {
                var job = scope.spawn("job", door::pass);
                spawned.add(job);
                job.await(Duration.ofNanos(1));
            }
            case FUTURE_GET -> {
                var job = scope.spawn("job", () -> 1);
                spawned.add(job);
                assertThat(job.toCompletableFuture().get()).isEqualTo(1);
            }
            case SHIELD -> jobs.shield("job", () -> 1);
            case LOOK -> assertThat(jobs.tree().toString()).isNotEmpty();
        }
    }

    /// Recurses to the end of the stack, and calls from each of the last frames on the way back.
    @SuppressWarnings("InfiniteRecursion") // until the stack is at its end
    private static int descend(Call call, Scheduler jobs, JobScope scope, List<Job<?>> spawned, Door door)
            throws Exception {
        int frames;
        try {
            frames = descend(call, jobs, scope, spawned, door);
        } catch (StackOverflowError e) {
            frames = 0;
        }
        if (frames < FRAMES) {
            try {
                call(call, jobs, scope, spawned, door);
            } catch (StackOverflowError
                    | LinkageError
                    | RejectedExecutionException
                    | JobFailedException
                    | JobCancelledException
                    | TimeoutException e) {
                // An error is allowed; that it leaves something undone is not.
            }
        }
        return frames + 1;
    }

    /// From where the stack runs out: in a job of the scheduler, in a branch, in one with a child limit, elsewhere.
    enum From {
        JOB,
        BRANCH,
        LIMITED_BRANCH,
        CALLER
    }

    /// At its end, those pass the door whose cancel, or whose way into the list, had no room on the stack.
    private static int overflow(Call call, Scheduler jobs, JobScope scope, List<Job<?>> spawned) throws Exception {
        var door = new Door();
        int frames = descend(call, jobs, scope, spawned, door);
        door.open();
        return frames;
    }

    private static Job<?> overflow(From from, Call call, Scheduler jobs, List<Job<?>> spawned) throws Exception {
        var options = JobOptions.named("overflows").withSupervision();
        return switch (from) {
            case JOB -> jobs.spawn("overflows", () -> overflow(call, jobs, jobs, spawned));
            case BRANCH -> jobs.spawn(options, scope -> overflow(call, jobs, scope, spawned));
            case LIMITED_BRANCH -> jobs.spawn(options.withChildLimit(3), scope -> overflow(call, jobs, scope, spawned));
            case CALLER -> {
                Within.run(ThreadKind.PLATFORM, () -> overflow(call, jobs, jobs, spawned));
                yield jobs.spawn("after", () -> 1);
            }
        };
    }

    private static void assertStackMayRunOut(From from, Call call) throws Exception {
        var jobs = Scheduler.open(options());
        List<Job<?>> spawned = new CopyOnWriteArrayList<>();
        var job = overflow(from, call, jobs, spawned);
        assertThat(Within.outcome(job)).isInstanceOf(Outcome.Succeeded.class);
        for (var one : spawned) {
            Within.outcome(one);
        }
        if (!jobs.isClosed()) {
            Within.hasAllPlaces(jobs, 4);
        }
        assertThat(Within.call(() -> jobs.close(Duration.ofSeconds(1)))).isEmpty();
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void stackThatRunsOut_inACallFromAJob_leavesEverythingWhole(Call call) throws Exception {
        assertStackMayRunOut(From.JOB, call);
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void stackThatRunsOut_inACallFromABranch_leavesEverythingWhole(Call call) throws Exception {
        assertStackMayRunOut(From.BRANCH, call);
        assertStackMayRunOut(From.LIMITED_BRANCH, call);
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void stackThatRunsOut_inACallFromOutside_leavesEverythingWhole(Call call) throws Exception {
        assertStackMayRunOut(From.CALLER, call);
    }

    @Test
    void stackThatIsTooSmall_isNamed() throws Exception {
        var thrown = new CompletableFuture<Throwable>();
        var small = new Thread(
                null,
                () -> {
                    try (var jobs = Scheduler.open(options())) {
                        thrown.complete(new AssertionError(jobs + " needs no such stack"));
                    } catch (Throwable e) {
                        thrown.complete(e);
                    }
                },
                "small",
                100 << 10);
        small.start();
        assertThat(Within.call(() -> thrown.get()))
                .isInstanceOf(StackOverflowError.class)
                .hasMessageContaining("128 KiB of stack");
        small.join();
    }

    /// The compiler that inlines most checks the frames of what it inlined on entry to what it compiled.
    @Test
    void stackThatIsTooSmall_isNamed_onceOpenIsCompiled(@TempDir Path directory) throws Exception {
        var run = ForkedJvm.run(directory, """
                import io.jobtree.scheduler.Scheduler;
                public class Program {
                    static void open() {
                        Scheduler.open().close();
                    }
                    static void tryOpen() {
                        try {
                            open();
                            System.out.println("needs no such stack");
                        } catch (StackOverflowError e) {
                            System.out.println(e.getMessage());
                        }
                    }
                    public static void main(String[] args) throws Exception {
                        for (int i = 0; i < 1_000; i++) {
                            open();
                        }
                        var small = new Thread(null, Program::tryOpen, "small", 100 << 10);
                        small.start();
                        small.join();
                    }
                }
                """, "-XX:-TieredCompilation", "-Xbatch", "-XX:CompileThreshold=500");
        assertThat(run.output()).contains("128 KiB of stack");
        assertThat(run.exitCode()).isZero();
    }

    /// Nobody is interrupted where that needs a list of all: it may be they that fill the memory.
    @Test
    void walkThroughAllJobs_needsNoMemoryForEach() throws Exception {
        var jobs = Scheduler.open(options().withoutLimit());
        var door = new Door();
        Job<Integer> branch = jobs.spawn("branch", scope -> {
            for (int i = 0; i < 2_000; i++) {
                scope.spawn("job", door::pass);
            }
            return 1;
        });
        while (branch.children().size() < 2_000) {
            Thread.onSpinWait();
        }
        var _ = EngineView.bytesOfAWalk(jobs);
        assertThat(EngineView.bytesOfAWalk(jobs)).isLessThan(1_000);
        jobs.cancel();
        Within.outcome(branch);
        assertThat(Within.call(() -> jobs.close(Duration.ZERO))).isEmpty();
    }

    /// What comes next after an overflow, on another stack.
    enum Next {
        SPAWN,
        SHIELD,
        JOIN,
        AWAIT_IDLE,
        FUTURE_GET
    }

    private static Object callNext(Next next, Scheduler jobs, Job<?> held) throws Exception {
        EngineView.overflow(jobs);
        try {
            return switch (next) {
                case SPAWN -> jobs.spawn("next", () -> 1);
                case SHIELD -> jobs.shield("next", () -> 1);
                case JOIN -> held.await();
                case AWAIT_IDLE -> jobs.awaitIdle(Duration.ofHours(1));
                case FUTURE_GET -> held.toCompletableFuture().get();
            };
        } catch (RejectedExecutionException refusal) {
            return refusal;
        }
    }

    /// The thread that starts jobs may be lost: who waits next is not to wait for one of those.
    @ParameterizedTest
    @EnumSource
    void whatComesAfterAnOverflow_closesTheScheduler(Next next) throws Exception {
        var jobs = Scheduler.open(options());
        var held = jobs.spawn("held", new Door()::pass);

        if (next == Next.FUTURE_GET) {
            // Only jobs wait there for their places.
            Within.outcome(jobs.spawn("caller", () -> callNext(next, jobs, held)));
        } else {
            var came = Within.call(ThreadKind.PLATFORM, () -> callNext(next, jobs, held));
            assertThat(came instanceof RejectedExecutionException).isEqualTo(next == Next.SPAWN || next == Next.SHIELD);
        }

        assertThat(Within.outcome(held)).isInstanceOf(Outcome.Cancelled.class);
        assertThat(jobs.isClosed()).isTrue();
        assertThat(Within.call(() -> jobs.close(Duration.ZERO))).isEmpty();
    }

    /// Whoever polls a limit loses none of those that wait for it.
    @Tag("slow")
    @Test
    void stackThatRunsOut_whereALimitIsLookedAt_losesNoPendingJob() throws Exception {
        try (var jobs = Scheduler.open(options())) {
            var limit = Limit.of("one", 1);
            var options = JobOptions.unnamed().withSharedLimit(limit);
            for (int i = 0; i < 20; i++) {
                var door = new Door();
                List<Job<?>> spawned = new ArrayList<>();
                spawned.add(jobs.spawn(options, door::pass));
                for (int j = 0; j < 3; j++) {
                    spawned.add(jobs.spawn(options, () -> 1));
                }
                Within.run(ThreadKind.PLATFORM, () -> lookAtTheEnd(limit));
                door.open();
                for (var one : spawned) {
                    assertThat(Within.outcome(one)).isInstanceOf(Outcome.Succeeded.class);
                }
            }
        }
    }

    @SuppressWarnings("InfiniteRecursion") // until the stack is at its end
    private static int lookAtTheEnd(Limit limit) {
        int frames;
        try {
            frames = lookAtTheEnd(limit);
        } catch (StackOverflowError e) {
            frames = 0;
        }
        if (frames < FRAMES) {
            try {
                assertThat(limit.waiting()).isBetween(0, 3);
            } catch (StackOverflowError | LinkageError e) {
                // Allowed.
            }
        }
        return frames + 1;
    }

    @Tag("slow")
    @Test
    void stackThatRunsOut_inAClose_leavesTheSchedulerCloseable() throws Exception {
        for (var i = 0; i < 5; i++) {
            var jobs = Scheduler.open(options());
            jobs.spawn("job", () -> new Door().pass());
            Within.run(ThreadKind.PLATFORM, () -> closeAtTheEnd(jobs));
            assertThat(Within.call(() -> jobs.close(Duration.ZERO))).isEmpty();
            assertThat(jobs.jobs()).isEmpty();
        }
    }

    @SuppressWarnings("InfiniteRecursion") // until the stack is at its end
    private static void closeAtTheEnd(Scheduler jobs) {
        try {
            closeAtTheEnd(jobs);
        } catch (StackOverflowError e) {
            jobs.close(Duration.ZERO);
        }
    }

    /// Memory runs out again and again while jobs are spawned; afterwards all is whole.
    @Tag("full")
    @ParameterizedTest
    @EnumSource(names = {"SPAWN", "SPAWN_BRANCH"})
    void memoryThatRunsOut_leavesEverythingWhole(Call call, @TempDir Path directory) throws Exception {
        var body = call == Call.SPAWN
                ? "() -> 1"
                : "scope -> { scope.spawn(() -> 1); return scope.spawn(() -> 2).join(); }";
        var reuse = TestOptions.REUSE ? ".withThreadReuse()" : "";
        var run = ForkedJvm.run(directory, """
                import io.jobtree.scheduler.*;
                import java.time.Duration;
                import java.util.*;
                import java.util.concurrent.atomic.*;
                import java.util.concurrent.locks.*;
                public class Program {
                    static void eat(AtomicBoolean stop) {
                        while (!stop.get()) {
                            try {
                                var all = new ArrayList<byte[]>();
                                while (true) {
                                    all.add(new byte[all.size() < 20 ? 500_000 : all.size() < 60 ? 10_000 : 64]);
                                }
                            } catch (OutOfMemoryError again) {
                                Thread.yield();
                            }
                        }
                    }
                    static Scheduler open() {
                        return Scheduler.open(SchedulerOptions.named("s").withLimit(4).withoutPendingLimit()
                                .withWaitTimeout(Duration.ofSeconds(3)).withCloseTimeout(Duration.ofSeconds(1))
                                .withFailureHandler((job, failure) -> {})REUSE);
                    }
                    public static void main(String[] args) throws Exception {
                        try (var warm = open()) {
                            for (int i = 0; i < 200; i++) {
                                warm.spawn("warm", BODY).await();
                            }
                        }
                        for (int round = 0; round < 5; round++) {
                            var jobs = open();
                            var all = new ArrayList<Job<?>>(3_000);
                            var stop = new AtomicBoolean();
                            var pig = Thread.ofPlatform().start(() -> eat(stop));
                            long until = System.nanoTime() + 1_000_000_000L;
                            for (int i = 0; i < 3_000 && System.nanoTime() < until; i++) {
                                try {
                                    all.add(jobs.spawn("job", BODY));
                                } catch (OutOfMemoryError | java.util.concurrent.RejectedExecutionException e) {
                                    // allowed
                                }
                            }
                            stop.set(true);
                            pig.join();
                            long end = System.nanoTime() + 5_000_000_000L;
                            while (System.nanoTime() < end && all.stream().anyMatch(job -> !job.isDone())) {
                                // A virtual thread that has no memory to park without its carrier keeps that;
                                // where all carriers are kept so, the JDK runs nothing until one parks again.
                                all.forEach(job -> job.thread().ifPresent(LockSupport::unpark));
                                Thread.sleep(10);
                            }
                            System.out.println("unfinished " + all.stream().filter(job -> !job.isDone()).count());
                            if (!jobs.isClosed()) {
                                System.out.println("left " + (jobs.activeCount() + jobs.pendingCount()));
                                System.out.println("after " + jobs.spawn("after", () -> 5).join(Duration.ofSeconds(5)));
                            }
                            System.out.println("survivors " + jobs.close(Duration.ofSeconds(1)).size());
                        }
                        System.out.println("all rounds");
                    }
                }
                """.replace("BODY", body).replace("REUSE", reuse), "-Xmx24m");
        assertThat(run.output()).contains("all rounds");
        assertThat(run.output().lines().filter(line -> line.startsWith("unfinished")))
                .containsOnly("unfinished 0");
        assertThat(run.output().lines().filter(line -> line.startsWith("survivors")))
                .containsOnly("survivors 0");
        assertThat(run.output().lines().filter(line -> line.startsWith("left") && !line.equals("left 0")))
                .isEmpty();
    }

    /// To cancel pending jobs is what gives the memory back that they have taken: it needs none, also where it is the
    /// first call of its kind.
    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"close", "cancel"})
    void pendingJobsThatFillTheMemory_areCancelled(String how, @TempDir Path directory) throws Exception {
        var reuse = TestOptions.REUSE ? ".withThreadReuse()" : "";
        var run = ForkedJvm.run(
                directory, """
                import io.jobtree.scheduler.*;
                import java.time.Duration;
                public class Program {
                    static final Duration WAIT = Duration.ofMillis(200);
                    public static void main(String[] args) throws Exception {
                        var jobs = Scheduler.open(SchedulerOptions.named("s").withLimit(1).withoutPendingLimit()REUSE);
                        jobs.spawn("running", () -> Thread.sleep(1_000_000));
                        try {
                            while (true) {
                                jobs.spawn("pending", () -> {});
                            }
                        } catch (OutOfMemoryError full) {
                            if ("HOW".equals("close")) {
                                jobs.close(WAIT);
                            } else {
                                jobs.cancel();
                            }
                        }
                        jobs.awaitIdle();
                        System.out.println("idle, closed: " + jobs.isClosed());
                        jobs.close();
                    }
                }
                """.replace("HOW", how).replace("REUSE", reuse), "-Xmx48m", "-XX:+UseSerialGC");
        assertThat(run.output()).contains("idle, closed: " + how.equals("close"));
    }

    /// Errors that a body throws are its failure, whatever they are; in numbers and from every kind of job.
    @EachThreadKind
    void errorsOfBodies_leaveAllPlacesFree() throws Exception {
        try (var jobs = Scheduler.open(options())) {
            var all = new ArrayList<Job<?>>();
            for (var i = 0; i < 200; i++) {
                Error error = i % 2 == 0 ? new OutOfMemoryError("thrown") : new StackOverflowError("thrown");
                all.add(jobs.spawn(JobOptions.named("branch").withChildLimit(1), scope -> {
                    scope.spawn("pending", () -> {
                        throw error;
                    });
                    return jobs.shield("shielded", () -> {
                        throw error;
                    });
                }));
            }
            for (var job : all) {
                assertThat(Within.outcome(job)).isInstanceOf(Outcome.Failed.class);
            }
            Within.hasAllPlaces(jobs, 4);
        }
    }
}
