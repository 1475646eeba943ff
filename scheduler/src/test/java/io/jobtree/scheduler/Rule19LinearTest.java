package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is linear takes a few seconds here; what is quadratic takes minutes.
@SuppressWarnings("FutureReturnValueIgnored") // only whether they are held counts
@Timeout(150)
@DisplayName("R19: a job holds only who still waits for it; waiters, siblings and levels cost linear time and memory")
final class Rule19LinearTest {
    private static final int LINGERING = 40;

    private final Door hold = new Door();

    @AfterEach
    void letGo() {
        hold.open();
    }

    private static SchedulerOptions options() {
        return TestOptions.unlimited().withFailureHandler((job, failure) -> {});
    }

    private static void assertLetGo(List<WeakReference<?>> held) {
        assertLetGo(held, LINGERING);
    }

    private static void assertLetGo(List<WeakReference<?>> held, int most) {
        Awaitility.await().pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
            System.gc();
            assertThat(held.stream().filter(reference -> !reference.refersTo(null)))
                    .hasSizeLessThanOrEqualTo(most);
        });
    }

    /// Something that a user does with a long job, and then forgets.
    private interface Use {
        Object of(Job<Integer> job) throws Exception;
    }

    private void assertLongJobHoldsNone(Use use) throws Exception {
        var jobs = Scheduler.open(options());
        var job = jobs.spawn("long", () -> {
            hold.pass();
            return 1;
        });
        var held = new ArrayList<WeakReference<?>>();
        for (var i = 0; i < 1_000; i++) {
            held.add(new WeakReference<>(use.of(job)));
        }
        assertLetGo(held);
        hold.open();
        assertThat(Within.outcome(job)).isEqualTo(new Outcome.Succeeded<>(1));
        jobs.close();
    }

    @Test
    void futures_thatAUserCompleted_areLetGo() throws Exception {
        assertLongJobHoldsNone(job -> {
            var future = job.toCompletableFuture();
            future.complete(0);
            return future;
        });
    }

    /// Each time some leave of which one stays above, and then the newest, which is taken off first.
    @Test
    void futures_thatLeaveBelowOnesThatStay_areLetGo() throws Exception {
        var jobs = Scheduler.open(options());
        var job = jobs.spawn("long", () -> {
            hold.pass();
            return 1;
        });
        var held = new ArrayList<WeakReference<?>>();
        var stay = new ArrayList<CompletableFuture<Integer>>();
        for (var round = 0; round < 100; round++) {
            var leave = new ArrayList<CompletableFuture<Integer>>();
            for (var i = 0; i < 15; i++) {
                leave.add(job.toCompletableFuture());
            }
            stay.add(job.toCompletableFuture());
            leave.add(job.toCompletableFuture());
            for (var future : leave) {
                held.add(new WeakReference<>(future));
                future.complete(0);
            }
        }
        // Half of those that stay may be held beside them.
        assertLetGo(held, stay.size());
        hold.open();
        for (var future : stay) {
            assertThat(Within.call(() -> future.get())).isEqualTo(1);
        }
        jobs.close();
    }

    @Test
    void futures_thatAUserFailed_areLetGo() throws Exception {
        assertLongJobHoldsNone(job -> {
            var future = job.toCompletableFuture();
            future.completeExceptionally(new IllegalStateException("given up"));
            return future;
        });
    }

    @Test
    void futures_thatAUserObtruded_areLetGo() throws Exception {
        assertLongJobHoldsNone(job -> {
            var future = job.toCompletableFuture();
            future.obtrudeValue(0);
            return future;
        });
    }

    @Test
    void futures_thatAreCompletedAsync_areLetGo() throws Exception {
        assertLongJobHoldsNone(job -> {
            var future = job.toCompletableFuture().completeAsync(() -> 0);
            future.get();
            return future;
        });
    }

    @Test
    void futures_withATimeoutThatRanOut_areLetGo() throws Exception {
        assertLongJobHoldsNone(job -> job.toCompletableFuture().orTimeout(1, TimeUnit.NANOSECONDS));
        var other = new Rule19LinearTest();
        other.assertLongJobHoldsNone(job -> job.toCompletableFuture().completeOnTimeout(0, 1, TimeUnit.NANOSECONDS));
    }

    @Test
    void threads_whoseTimedJoinRanOut_areLetGo() throws Exception {
        assertLongJobHoldsNone(job -> {
            var waiter = Actor.start(ThreadKind.VIRTUAL, () -> job.join(Duration.ofNanos(1)));
            assertThat(waiter.thrown()).isInstanceOf(TimeoutException.class);
            return waiter;
        });
    }

    @Test
    void threads_whoseWaitWasInterrupted_areLetGo() throws Exception {
        assertLongJobHoldsNone(job -> {
            var waiter = Actor.start(ThreadKind.VIRTUAL, () -> {
                Thread.currentThread().interrupt();
                return job.await();
            });
            assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
            return waiter;
        });
    }

    @Test
    void jobs_thatWereCancelledInTheirWait_areLetGo() throws Exception {
        assertLongJobHoldsNone(job -> {
            var waiter = job.scheduler().spawn("waits", () -> job.join());
            waiter.cancel();
            Within.outcome(waiter);
            return waiter;
        });
    }

    @Test
    void jobs_thatWaitedWithATimeout_areLetGo() throws Exception {
        assertLongJobHoldsNone(job -> {
            var waiter = job.scheduler().spawn("waits", () -> job.join(Duration.ofNanos(1)));
            Within.outcome(waiter);
            return waiter;
        });
    }

    @Test
    void spawners_thatWereInterruptedAtThePendingLimit_areLetGo() throws Exception {
        var jobs = Scheduler.open(TestOptions.limit(1).withPendingLimit(1));
        jobs.spawn("holder", hold::pass);
        jobs.spawn("pending", () -> {});
        var held = new ArrayList<WeakReference<?>>();
        for (var i = 0; i < 300; i++) {
            var spawner = Actor.start(ThreadKind.VIRTUAL, () -> {
                Thread.currentThread().interrupt();
                return jobs.spawn("late", () -> 1);
            });
            spawner.thrown();
            held.add(new WeakReference<>(spawner));
        }
        assertLetGo(held);
        hold.open();
        jobs.close();
    }

    @Tag("full")
    @Test
    void oneHundredThousandWaiters_leaveOneJob_cancelledByClose() throws Exception {
        var waiters = 100_000;
        var jobs = Scheduler.open(options().withCloseTimeout(Duration.ofSeconds(40)));
        var one = jobs.spawn("one", () -> new Door().pass());
        var running = new CountDownLatch(waiters);
        for (var i = 0; i < waiters; i++) {
            jobs.spawn("waits", () -> {
                running.countDown();
                one.join();
            });
        }
        running.await();
        assertThat(jobs.close(Duration.ZERO)).as("jobs that would not stop").isEmpty();
    }

    @Tag("full")
    @Test
    void oneHundredThousandWaiters_leaveOneJob_byTheirTimeouts() throws Exception {
        var waiters = 100_000;
        var timedOut = new AtomicInteger();
        var jobs = Scheduler.open(options());
        var one = jobs.spawn("one", hold::pass);
        var threads = new ArrayList<Thread>();
        for (var i = 0; i < waiters; i++) {
            threads.add(Thread.startVirtualThread(() -> {
                try {
                    one.join(Duration.ofSeconds(2));
                } catch (TimeoutException expected) {
                    timedOut.incrementAndGet();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        assertThat(timedOut).hasValue(waiters);
        hold.open();
        assertThat(jobs.close(TestOptions.LONG)).isEmpty();
    }

    @Tag("full")
    @Test
    void oneHundredThousandWaiters_areWokenByOneJob() throws Exception {
        var waiters = 100_000;
        var jobs = Scheduler.open(options());
        var one = jobs.spawn("one", () -> {
            hold.passIgnoringInterrupts();
            return 7;
        });
        var woken = new CountDownLatch(waiters);
        var futures = new ArrayList<CompletableFuture<Integer>>();
        for (var i = 0; i < waiters; i++) {
            if (i % 2 == 0) {
                futures.add(one.toCompletableFuture().thenApply(value -> {
                    woken.countDown();
                    return value;
                }));
            } else {
                Thread.startVirtualThread(() -> {
                    try {
                        one.join();
                        woken.countDown();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
            }
        }
        hold.open();
        assertThat(woken.await(40, TimeUnit.SECONDS)).isTrue();
        // A future is done after what hangs on it has counted.
        Within.isTrue(() -> futures.stream().allMatch(CompletableFuture::isDone));
        jobs.close();
    }

    @Tag("full")
    @Test
    void oneHundredThousandSiblings_endInAnyOrder() throws Exception {
        var children = 100_000;
        var ran = new AtomicInteger();
        var jobs = Scheduler.open(options());
        Job<Integer> branch = jobs.spawn(JobOptions.named("branch").withChildLimit(50), scope -> {
            var all = new ArrayList<Job<?>>();
            for (var i = 0; i < children; i++) {
                all.add(scope.spawn("child", ran::incrementAndGet));
            }
            // The newest first: each is in the middle of the list for whoever looks from the other end.
            for (var i = children - 1; i >= children / 2; i--) {
                all.get(i).cancel();
            }
            return all.size();
        });
        assertThat(branch.join(Duration.ofSeconds(50))).isEqualTo(children);
        assertThat(ran.get()).isGreaterThanOrEqualTo(children / 2);
        jobs.close();
    }

    /// Who looks again whenever one has ended does not go over all that have ended before.
    @Tag("full")
    @Test
    void awaitIdle_besideJobsThatEndNewestFirst_isLinear() throws Exception {
        var jobs = Scheduler.open(TestOptions.limit(1).withoutPendingLimit());
        jobs.spawn("holder", hold::pass);
        var all = new ArrayList<Job<?>>();
        for (var i = 0; i < 300_000; i++) {
            all.add(jobs.spawn("pending", () -> {}));
        }
        for (var job : all.reversed()) {
            job.cancel();
            assertThat(jobs.awaitIdle(Duration.ZERO)).isFalse();
        }
        hold.open();
        jobs.close();
    }

    /// With a path kept for each job, or a walk to the top at each step, this needs half a gigabyte and more.
    @Tag("full")
    @Test
    void chainOfTenThousandLevels_fitsIntoASmallHeap_andEnds(@TempDir Path directory) throws Exception {
        var run = ForkedJvm.run(directory, """
                import io.jobtree.scheduler.*;
                import java.time.Duration;
                import java.util.concurrent.*;
                public class Program {
                    static void down(JobScope scope, int levels, CompletableFuture<JobScope> deepest, CountDownLatch hold) {
                        scope.spawn("level", inner -> {
                            if (levels == 0) {
                                deepest.complete(inner);
                            } else {
                                down(inner, levels - 1, deepest, hold);
                            }
                            hold.await();
                            return 1;
                        });
                    }
                    public static void main(String[] args) throws Exception {
                        for (boolean cancel : new boolean[] {false, true}) {
                            var jobs = Scheduler.open(SchedulerOptions.named("deep").withoutLimit()
                                    .withCloseTimeout(Duration.ofSeconds(20)).withFailureHandler((job, failure) -> {
                                        System.out.println("failed: " + failure);
                                    }));
                            var deepest = new CompletableFuture<JobScope>();
                            var hold = new CountDownLatch(1);
                            down(jobs, 10_000, deepest, hold);
                            var bottom = deepest.get(20, TimeUnit.SECONDS);
                            System.out.println("outside " + bottom.spawn("outside", () -> 5).join(Duration.ofSeconds(10)));
                            System.out.println("size " + jobs.tree().size());
                            System.out.println("drawn " + (jobs.tree().toString().length() < 10_000_000));
                            if (!cancel) {
                                hold.countDown();
                            }
                            System.out.println("survivors "
                                    + jobs.close(cancel ? Duration.ZERO : Duration.ofSeconds(20)).size());
                        }
                        System.out.println("over");
                    }
                }
                """, "-Xmx160m");
        assertThat(run.output())
                .contains("over")
                .contains("outside 5")
                .doesNotContain("OutOfMemoryError")
                .doesNotContain("failed:");
        assertThat(run.output().lines().filter("survivors 0"::equals)).hasSize(2);
    }

    @Test
    void chainOfAThousandLevels_ofNamedJobs_hasShortThreadNames_andEnds() throws Exception {
        var jobs = Scheduler.open(options());
        var names = new CompletableFuture<String>();
        Job<Integer> top = deeper(jobs, 1_000, names);
        assertThat(top.join(Duration.ofSeconds(20))).isEqualTo(1_000);
        assertThat(names.join()).hasSizeLessThan(10_000);
        assertThat(jobs.close(TestOptions.LONG)).isEmpty();
    }

    private static Job<Integer> deeper(JobScope scope, int levels, CompletableFuture<String> name) {
        return scope.spawn("level", inner -> {
            if (levels == 0) {
                name.complete(Thread.currentThread().getName());
                return 0;
            }
            return 1 + deeper(inner, levels - 1, name).join();
        });
    }

    /// The way down to a scope must not be as deep as the tree on the stack of who spawns there.
    @Tag("slow")
    @Test
    void threadWithASmallStack_spawnsAtTheBottomOfTenThousandLevels_againAndAgain() throws Exception {
        var jobs = Scheduler.open(options());
        var bottom = new CompletableFuture<JobScope>();
        holdBelow(jobs, 10_000, bottom);
        var scope = bottom.get(60, TimeUnit.SECONDS);
        var spawned = new CompletableFuture<List<Job<Integer>>>();
        Runnable twice = () -> spawned.complete(List.of(scope.spawn("one", () -> 1), scope.spawn("two", () -> 2)));
        new Thread(null, twice, "small stack", 256 << 10).start();
        for (var job : spawned.get(20, TimeUnit.SECONDS)) {
            assertThat(job.await(Duration.ofSeconds(20))).isInstanceOf(Outcome.Succeeded.class);
        }
        hold.open();
        assertThat(jobs.close(TestOptions.LONG)).isEmpty();
    }

    /// Each body ends by its interrupt. Were the way up looked through for each, they would not be through in time.
    @Tag("full")
    @Test
    void closeOfThirtyThousandLevels_findsNoneThatWouldNotStop() throws Exception {
        var jobs = Scheduler.open(options().withCloseTimeout(Duration.ofSeconds(10)));
        var bottom = new CompletableFuture<JobScope>();
        holdBelow(jobs, 30_000, bottom);
        bottom.get(100, TimeUnit.SECONDS);
        assertThat(jobs.close(Duration.ZERO)).isEmpty();
    }

    private void holdBelow(JobScope scope, int levels, CompletableFuture<JobScope> bottom) {
        scope.spawn(inner -> {
            if (levels == 0) {
                bottom.complete(inner);
            } else {
                holdBelow(inner, levels - 1, bottom);
            }
            hold.pass();
            return 0;
        });
    }

    /// Each job lets out what `join` on the one before has thrown, with that as the cause: what the last says is not
    /// all that those before it have said.
    @Test
    void thousandsOfJobs_thatFailBecauseEachJoinsTheOneBefore_sayLittle() throws Exception {
        var jobs = Scheduler.open(options());
        var last = jobs.<Integer>spawn("first", () -> {
            hold.pass();
            throw new IllegalStateException("on purpose");
        });
        for (int i = 0; i < 3_000; i++) {
            var before = last;
            last = jobs.spawn("next", () -> before.join());
        }
        hold.open();
        var failure = ((Outcome.Failed<?>) last.await(Duration.ofSeconds(60))).failure();
        int causes = 0;
        for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            assertThat(cause.getMessage()).hasSizeLessThan(1_000);
            causes++;
        }
        assertThat(causes).isEqualTo(3_000);
        assertThat(failure.getMessage()).hasSizeLessThan(1_000).endsWith("on purpose");
        assertThat(jobs.close(TestOptions.LONG)).isEmpty();
    }

    @Tag("slow")
    @Test
    void treeOfThirtyThousandLimits_isTaken() throws Exception {
        int limits = 30_000;
        var jobs = Scheduler.open(options());
        for (int i = 0; i < limits; i++) {
            var options = JobOptions.unnamed().withSharedLimit(Limit.of("limit", 1));
            jobs.spawn(options, hold::pass);
            jobs.spawn(options, () -> {});
        }
        assertThat(jobs.pendingCount()).isEqualTo(limits);
        var tree = Within.call(jobs::tree);
        assertThat(tree.children()).hasSize(2 * limits);
        var waits = tree.children().getLast().waitsFor().orElseThrow();
        assertThat(waits.jobs())
                .containsExactly(new JobTree.Ref(
                        tree.children().get(2 * limits - 2).id(),
                        tree.children().get(2 * limits - 2).name()));
        hold.open();
        assertThat(jobs.close(TestOptions.LONG)).isEmpty();
    }

    @Test
    void shieldsInShields_byThousands_letTheInnermostWait() throws Exception {
        try (var jobs = Scheduler.open(options())) {
            var other = jobs.spawn("other", () -> hold.pass());
            var top = jobs.spawn(
                    "top",
                    () -> shielded(jobs, 20_000, () -> {
                        assertThatThrownBy(() -> other.join(Duration.ofMillis(1)))
                                .isInstanceOf(TimeoutException.class);
                        assertThatThrownBy(() -> jobs.awaitIdle(Duration.ofMillis(1)))
                                .isInstanceOf(IllegalStateException.class);
                        assertThatThrownBy(() -> jobs.close(Duration.ZERO)).isInstanceOf(IllegalStateException.class);
                    }));
            assertThat(top.await(Duration.ofSeconds(60))).isInstanceOf(Outcome.Succeeded.class);
            hold.open();
        }
    }

    private static void shielded(Scheduler jobs, int levels, JobAction innermost) throws Exception {
        if (levels == 0) {
            innermost.run();
        } else {
            jobs.shield("shield", () -> shielded(jobs, levels - 1, innermost));
        }
    }

    /// A failure at the bottom comes to the top as one object, however deep it is.
    @Test
    void failureBelowAThousandLevels_isTheSameObjectAtTheTop() throws Exception {
        var failure = new IllegalStateException("on purpose");
        var jobs = Scheduler.open(options());
        Job<Integer> top = failing(jobs, 1_000, failure);
        assertThatThrownBy(() -> top.join(Duration.ofSeconds(20))).cause().isSameAs(failure);
        assertThat(failure.getSuppressed()).hasSizeLessThanOrEqualTo(16);
        assertThat(jobs.close(TestOptions.LONG)).isEmpty();
    }

    private static Job<Integer> failing(JobScope scope, int levels, RuntimeException failure) {
        return scope.spawn("level", inner -> {
            if (levels == 0) {
                throw failure;
            }
            failing(inner, levels - 1, failure);
            return 1;
        });
    }
}
