package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@SuppressWarnings("ReferenceEquality") // the very loader
@Timeout(30)
@DisplayName(
        "R26: a scheduler's jobs have the context class loader of its opener, a branch's children that of its body")
final class Rule26ContextClassLoaderTest {
    private static final InheritableThreadLocal<String> INHERITABLE = new InheritableThreadLocal<>();

    private static final ScopedValue<String> CARRIED = ScopedValue.newInstance();

    private final ClassLoader openers =
            new URLClassLoader(new URL[0], getClass().getClassLoader());
    private final ClassLoader spawners =
            new URLClassLoader(new URL[0], getClass().getClassLoader());
    private final ClassLoader bodys = new URLClassLoader(new URL[0], getClass().getClassLoader());
    private final Door hold = new Door();

    @AfterEach
    void letGo() {
        hold.open();
    }

    private static @Nullable ClassLoader mine() {
        return Thread.currentThread().getContextClassLoader();
    }

    private static <T> T with(@Nullable ClassLoader loader, Callable<T> call) throws Exception {
        return Within.call(() -> {
            Thread.currentThread().setContextClassLoader(loader);
            return call.call();
        });
    }

    private Scheduler open(int limit) throws Exception {
        return with(openers, () -> Scheduler.open(TestOptions.limit(limit).withFailureHandler((job, failure) -> {})));
    }

    @EachThreadKind
    void jobsOfAScheduler_haveTheOpenersClassLoader() throws Exception {
        try (var jobs = open(2);
                AutoCloseable _ = this::letGo) {
            var job = with(spawners, () -> jobs.spawn("job", () -> mine() == openers));
            assertThat(Within.outcome(job)).isEqualTo(new Outcome.Succeeded<>(true));
            Job<Boolean> branch = with(spawners, () -> jobs.spawn("branch", scope -> mine() == openers));
            assertThat(Within.outcome(branch)).isEqualTo(new Outcome.Succeeded<>(true));
            var unnamed = with(null, () -> jobs.spawn(() -> mine() == openers));
            assertThat(Within.outcome(unnamed)).isEqualTo(new Outcome.Succeeded<>(true));
        }
    }

    /// The close is over before its scope refuses the job.
    @EachThreadKind
    void hooks_ofAJobThatIsRefused_haveTheOpenersClassLoader_andWhatItCarries() throws Exception {
        var isSpawned = new Door();
        var mayBeRefused = new Door();
        var seen = new CompletableFuture<Boolean>();
        var hooks = new Hooks()
                .onSpawned(job -> {
                    isSpawned.open();
                    mayBeRefused.passIgnoringInterrupts();
                })
                .onEnded((job, outcome) -> seen.complete(mine() == openers && CARRIED.isBound()));
        var options = TestOptions.limit(2).withCarried(CARRIED).withObserver(hooks);
        var jobs = with(openers, () -> ScopedValue.where(CARRIED, "carried").call(() -> Scheduler.open(options)));
        var spawner = Actor.start(() -> jobs.spawn("refused", () -> 1));
        isSpawned.pass();
        assertThat(Within.call(() -> jobs.close(Duration.ZERO))).isEmpty();
        mayBeRefused.open();
        assertThat(Within.call(() -> seen.get())).isTrue();
        assertThat(spawner.thrown()).isInstanceOf(RejectedExecutionException.class);
    }

    @EachThreadKind
    void whatRunsOnAnotherThread_hasTheClassLoaderOfItsJob() throws Exception {
        var seen = new ConcurrentHashMap<String, Boolean>();
        JobObserver observer = job -> new JobObservation() {
            @Override
            public void cancelling(CancelReason reason, Optional<Job<?>> origin) {
                seen.put("cancelling of " + job.name(), mine() == (job.name().equals("child") ? bodys : openers));
            }
        };
        var options = TestOptions.limit(2)
                .withObserver(observer)
                .withCloseTimeout(Duration.ofMillis(1))
                .withFailureHandler((job, failure) -> seen.put("handler of " + job.name(), mine() == bodys));
        try (var _ = new RecordedLog()) {
            var jobs = with(openers, () -> Scheduler.open(options));
            var runs = new Door();
            var hasItsOwn = new Door();
            var branch = jobs.spawn("branch", scope -> {
                var own = mine();
                Thread.currentThread().setContextClassLoader(bodys);
                scope.spawn("child", () -> {
                    runs.open();
                    hold.passIgnoringInterrupts();
                });
                Thread.currentThread().setContextClassLoader(own);
                hasItsOwn.open();
            });
            runs.pass();
            hasItsOwn.pass();
            branch.cancel();
            Within.isTrue(() -> seen.size() == 2);
            assertThat(jobs.close(Duration.ZERO)).hasSize(1);
            hold.open();
            branch.await();
        }
        assertThat(seen).containsOnlyKeys("cancelling of branch", "cancelling of child", "handler of child");
        assertThat(seen.values()).containsOnly(true);
    }

    @EachThreadKind
    void pendingJobs_haveTheOpenersClassLoader() throws Exception {
        try (var jobs = open(1);
                AutoCloseable _ = this::letGo) {
            jobs.spawn("holder", () -> {
                hold.pass();
                Thread.currentThread().setContextClassLoader(bodys);
            });
            var pending = new ArrayList<Job<Boolean>>();
            for (var i = 0; i < 20; i++) {
                pending.add(with(
                        spawners,
                        () -> jobs.spawn("job", () -> {
                            var seen = mine();
                            Thread.currentThread().setContextClassLoader(bodys);
                            return seen == openers;
                        })));
            }
            hold.open();
            for (var job : pending) {
                assertThat(Within.outcome(job)).isEqualTo(new Outcome.Succeeded<>(true));
            }
        }
    }

    @EachThreadKind
    void jobsThatAJobSpawnsIntoTheScheduler_haveTheOpenersClassLoader() throws Exception {
        try (var jobs = open(2);
                AutoCloseable _ = this::letGo) {
            var job = jobs.spawn("job", () -> {
                Thread.currentThread().setContextClassLoader(bodys);
                return jobs.spawn("sibling", () -> mine() == openers).join();
            });
            assertThat(Within.outcome(job)).isEqualTo(new Outcome.Succeeded<>(true));
        }
    }

    @EachThreadKind
    void childrenOfABranch_haveTheClassLoaderOfItsBodysThread() throws Exception {
        try (var jobs = open(2);
                AutoCloseable _ = this::letGo) {
            Job<Boolean> plain = jobs.spawn(
                    "branch",
                    scope -> scope.spawn("child", () -> mine() == openers).join());
            assertThat(Within.outcome(plain)).isEqualTo(new Outcome.Succeeded<>(true));
            Job<Boolean> setting = jobs.spawn("branch", scope -> {
                Thread.currentThread().setContextClassLoader(bodys);
                Job<Boolean> below = scope.spawn(
                        "child",
                        inner -> inner.spawn("leaf", () -> mine() == bodys).join() && mine() == bodys);
                return below.join();
            });
            assertThat(Within.outcome(setting)).isEqualTo(new Outcome.Succeeded<>(true));
        }
    }

    /// A thread from elsewhere spawns into the branch; the children are the branch's all the same.
    @EachThreadKind
    void childrenThatOtherThreadsSpawn_haveTheClassLoaderOfTheBranchsThread() throws Exception {
        try (var jobs = open(2);
                AutoCloseable _ = this::letGo) {
            var scopeOf = new CompletableFuture<JobScope>();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                scopeOf.complete(scope);
                hold.pass();
                return 1;
            });
            var scope = scopeOf.join();
            for (var i = 0; i < 5; i++) {
                var child = with(spawners, () -> scope.spawn("child", () -> mine() == openers));
                assertThat(Within.outcome(child)).isEqualTo(new Outcome.Succeeded<>(true));
            }
            hold.open();
            Within.outcome(branch);
        }
    }

    @EachThreadKind
    void pendingChildren_haveTheClassLoaderOfTheBodysThread() throws Exception {
        try (var jobs = open(1);
                AutoCloseable _ = this::letGo) {
            var children = new CompletableFuture<ArrayList<Job<Boolean>>>();
            Job<Integer> branch = jobs.spawn(JobOptions.named("branch").withChildLimit(1), scope -> {
                Thread.currentThread().setContextClassLoader(bodys);
                var all = new ArrayList<Job<Boolean>>();
                for (var i = 0; i < 10; i++) {
                    all.add(scope.spawn("child", () -> {
                        var seen = mine();
                        Thread.currentThread().setContextClassLoader(openers);
                        return seen == bodys;
                    }));
                }
                children.complete(all);
                return 1;
            });
            Within.outcome(branch);
            for (var child : children.join()) {
                assertThat(child.join()).isTrue();
            }
        }
    }

    @EachThreadKind
    void shieldedJobs_haveTheOpenersClassLoader() throws Exception {
        try (var jobs = open(1);
                AutoCloseable _ = this::letGo) {
            assertThat(with(spawners, () -> jobs.shield("shielded", () -> mine() == openers)))
                    .isTrue();
        }
    }

    /// Code that a job's class loader must not leak to: hooks of a job that never ran, dependants of its future.
    @Test
    void hooks_ofARunningJob_seeTheOpenersClassLoader() throws Exception {
        var seen = new CompletableFuture<@Nullable ClassLoader>();
        var options = TestOptions.limit(1).withObserver(new Hooks().onStarting(job -> seen.complete(mine())));
        try (var jobs = with(openers, () -> Scheduler.open(options));
                AutoCloseable _ = this::letGo) {
            Within.outcome(with(spawners, () -> jobs.spawn("job", () -> 1)));
            assertThat(seen.get(10, TimeUnit.SECONDS)).isSameAs(openers);
        }
    }

    /// The loader of the thread that opened it, as it was then.
    @Test
    void laterChange_ofTheOpenersClassLoader_changesNothing() throws Exception {
        var jobs = with(openers, () -> {
            var scheduler = Scheduler.open(TestOptions.limit(1));
            Thread.currentThread().setContextClassLoader(spawners);
            assertThat(scheduler.spawn("job", () -> mine() == openers).join()).isTrue();
            return scheduler;
        });
        jobs.close();
    }

    /// In the opener's own class loader what a library finds by it is found.
    @Test
    void serviceLookup_inAJob_findsWhatTheOpenerFinds() throws Exception {
        try (var jobs = with(openers, () -> Scheduler.open(TestOptions.limit(1)));
                AutoCloseable _ = this::letGo) {
            var job = jobs.spawn("job", () -> {
                var loader = mine();
                assertThat(loader).isNotNull();
                return loader.loadClass(Rule26ContextClassLoaderTest.class.getName())
                        == Rule26ContextClassLoaderTest.class;
            });
            assertThat(Within.outcome(job)).isEqualTo(new Outcome.Succeeded<>(true));
        }
    }

    @EachThreadKind
    void inheritableThreadLocals_areNotInherited() throws Exception {
        INHERITABLE.set("opener");
        try (var jobs = Scheduler.open(TestOptions.limit(1));
                AutoCloseable _ = this::letGo) {
            INHERITABLE.set("spawner");
            var job = jobs.spawn("job", () -> String.valueOf(INHERITABLE.get()));
            assertThat(Within.outcome(job)).isEqualTo(new Outcome.Succeeded<>("null"));
            Job<String> branch = jobs.spawn("branch", scope -> {
                INHERITABLE.set("body");
                var direct = scope.spawn("child", () -> String.valueOf(INHERITABLE.get()));
                var foreign = Within.call(() -> scope.spawn("child", () -> String.valueOf(INHERITABLE.get())));
                return direct.join() + foreign.join();
            });
            assertThat(Within.outcome(branch)).isEqualTo(new Outcome.Succeeded<>("nullnull"));
            assertThat(jobs.shield("shielded", () -> String.valueOf(INHERITABLE.get())))
                    .isEqualTo("null");
        } finally {
            INHERITABLE.remove();
        }
    }

    /// A body that hides its thread's class loader does so for itself.
    @Test
    void nullClassLoader_ofABody_isItsChildrensToo_andNobodyElses() throws Exception {
        try (var jobs = open(1);
                AutoCloseable _ = this::letGo) {
            Job<Boolean> branch = jobs.spawn("branch", scope -> {
                Thread.currentThread().setContextClassLoader(null);
                return scope.spawn("child", () -> mine() == null).join();
            });
            assertThat(Within.outcome(branch)).isEqualTo(new Outcome.Succeeded<>(true));
            var next = jobs.spawn("next", () -> mine() == openers);
            assertThat(Within.outcome(next)).isEqualTo(new Outcome.Succeeded<>(true));
            assertThat(jobs.close(Duration.ofSeconds(5))).isEmpty();
        }
    }

    /// What a handler leaves in a thread-local, such as a log's context, is nobody else's.
    @Test
    void threadLocals_ofAHandler_areNotSeenByThatOfAnotherScheduler() throws Exception {
        var local = new ThreadLocal<String>();
        var seen = new ArrayList<@Nullable String>();
        for (var name : new String[] {"one", "two", "three"}) {
            var stubborn = new Door();
            var jobs = Scheduler.open(
                    TestOptions.limit(1).withCloseTimeout(Duration.ofMillis(1)).withFailureHandler((job, failure) -> {
                        seen.add(local.get());
                        local.set(name);
                    }));
            var runs = new Door();
            var job = jobs.spawn("stubborn", () -> {
                runs.open();
                stubborn.passIgnoringInterrupts();
            });
            runs.pass();
            assertThat(jobs.close(Duration.ZERO)).hasSize(1);
            stubborn.open();
            job.await();
        }
        assertThat(seen).containsExactly(null, null, null);
    }
}
