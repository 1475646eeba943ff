package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// That it compiles is half of this test; what a lambda means is the other. `KotlinFormsTest`, in the
/// benchmarks, is the same in Kotlin.
@DisplayName("spawn and its like take the obvious lambda, and it means the obvious")
final class BodyFormsTest {
    private static final JobOptions OPTIONS = JobOptions.named("options");

    private final Scheduler jobs = Scheduler.open(TestOptions.unlimited());
    private final AtomicInteger ran = new AtomicInteger();

    @AfterEach
    void close() {
        jobs.close();
    }

    private int load() {
        return ran.incrementAndGet();
    }

    private void send() {
        ran.incrementAndGet();
    }

    private int loadIn(JobScope scope) throws InterruptedException {
        return scope.spawn(this::load).join();
    }

    private void sendIn(JobScope scope) {
        scope.spawn(this::send);
    }

    @Test
    void spawn_whatMayBeAValue_isTheResult() throws Exception {
        Job<Integer> named = jobs.spawn("a", () -> load());
        Job<Integer> withOptions = jobs.spawn(OPTIONS, this::load);
        Job<Integer> unnamed = jobs.spawn(() -> {
            return load();
        });
        Callable<Integer> callable = this::load;
        Job<Integer> given = jobs.spawn("a", callable);
        assertThat(named.join() + withOptions.join() + unnamed.join() + given.join())
                .isEqualTo(10);
    }

    @Test
    void spawn_statements_areAnAction() throws Exception {
        Job<@Nullable Void> named = jobs.spawn("a", () -> send());
        Job<@Nullable Void> block = jobs.spawn(OPTIONS, () -> {
            load();
        });
        Job<@Nullable Void> reference = jobs.spawn(this::send);
        named.join();
        block.join();
        reference.join();
        assertThat(ran).hasValue(3);
    }

    @Test
    void spawn_withAScope_whatMayBeAValue_isTheResult() throws Exception {
        Job<Integer> named = jobs.spawn("a", scope -> loadIn(scope));
        Job<Integer> withOptions = jobs.spawn(OPTIONS, this::loadIn);
        Job<Integer> unnamed = jobs.spawn(scope -> {
            return loadIn(scope);
        });
        assertThat(named.join() + withOptions.join() + unnamed.join()).isEqualTo(6);
    }

    @Test
    void spawn_withAScope_statements_areAnAction() throws Exception {
        Job<@Nullable Void> named = jobs.spawn("a", scope -> {
            sendIn(scope);
        });
        Job<@Nullable Void> withOptions = jobs.spawn(OPTIONS, scope -> {
            loadIn(scope);
        });
        Job<@Nullable Void> unnamed = jobs.spawn(this::sendIn);
        named.join();
        withOptions.join();
        unnamed.join();
        assertThat(ran).hasValue(3);
    }

    @Test
    void spawn_bodyThatOnlyThrows_compiles() throws Exception {
        var body = jobs.spawn("a", () -> {
            throw new IllegalStateException("on purpose");
        });
        var branch = jobs.spawn("a", scope -> {
            throw new IllegalStateException("on purpose");
        });
        assertThat(body.await()).isInstanceOf(Outcome.Failed.class);
        assertThat(branch.await()).isInstanceOf(Outcome.Failed.class);
    }

    @Test
    void trySpawn_takesTheSame() throws Exception {
        Optional<Job<Integer>> named = jobs.trySpawn("a", () -> load());
        Optional<Job<Integer>> withOptions = jobs.trySpawn(OPTIONS, this::load);
        Optional<Job<@Nullable Void>> action = jobs.trySpawn("a", () -> send());
        Optional<Job<@Nullable Void>> block = jobs.trySpawn(OPTIONS, () -> {
            load();
        });
        Optional<Job<Integer>> branch = jobs.trySpawn("a", scope -> loadIn(scope));
        Optional<Job<Integer>> branchWithOptions = jobs.trySpawn(OPTIONS, this::loadIn);
        Optional<Job<@Nullable Void>> branchAction = jobs.trySpawn("a", scope -> {
            sendIn(scope);
        });
        Optional<Job<@Nullable Void>> branchReference = jobs.trySpawn(OPTIONS, this::sendIn);
        assertThat(named.orElseThrow().name()).isEqualTo("a");
        assertThat(branchWithOptions.orElseThrow().name()).isEqualTo("options");
        for (var job : new Optional<?>[] {withOptions, action, block, branch, branchAction, branchReference}) {
            assertThat(((Job<?>) job.orElseThrow()).await()).isInstanceOf(Outcome.Succeeded.class);
        }
        jobs.awaitIdle();
        assertThat(ran).hasValue(8);
    }

    @Test
    void trySpawn_whereSpawnWouldWait_isEmpty_inEachForm() throws Exception {
        var full = TestOptions.limit(1).withPendingLimit(1);
        var holds = Held.body();
        try (var limited = Scheduler.open(full)) {
            limited.spawn("holds", holds);
            limited.spawn("pending", () -> {});
            assertThat(limited.trySpawn("a", () -> load())).isEmpty();
            assertThat(limited.trySpawn("a", () -> send())).isEmpty();
            assertThat(limited.trySpawn("a", scope -> loadIn(scope))).isEmpty();
            assertThat(limited.trySpawn("a", this::sendIn)).isEmpty();
            assertThat(limited.trySpawn(OPTIONS, () -> load())).isEmpty();
            assertThat(limited.trySpawn(OPTIONS, () -> send())).isEmpty();
            assertThat(limited.trySpawn(OPTIONS, scope -> loadIn(scope))).isEmpty();
            assertThat(limited.trySpawn(OPTIONS, this::sendIn)).isEmpty();
            holds.release();
        }
        assertThat(ran).hasValue(0);
    }

    @Test
    void shieldAndBlocking_takeBothKinds() throws Exception {
        int shielded = jobs.shield("a", () -> load());
        jobs.shield("a", () -> send());
        int blocked = Job.blocking(() -> load());
        Job.blocking(() -> {
            send();
        });
        assertThat(shielded + blocked).isEqualTo(4);
        assertThat(ran).hasValue(4);
        assertSucceeded(jobs.spawn("in a job", () -> Job.blocking(this::load)), 5);
    }

    /// An object may be several kinds of body at once.
    private static final class Everything implements Callable<String>, JobAction, JobBody<String> {
        private @Nullable String was;

        @Override
        public String call() {
            return "callable";
        }

        @Override
        public void run() {
            was = "action";
        }

        @Override
        public String run(JobScope scope) {
            was = "branch";
            return "branch";
        }
    }

    @Test
    void anObject_ofSeveralKinds_isWhatTheOverloadSays() throws Exception {
        var body = new Everything();
        Callable<String> callable = body;
        assertThat(jobs.spawn("a", callable).join()).isEqualTo("callable");
        assertThat(jobs.spawn(OPTIONS, callable).join()).isEqualTo("callable");
        assertThat(jobs.spawn(callable).join()).isEqualTo("callable");
        assertThat(jobs.trySpawn("a", callable).orElseThrow().join()).isEqualTo("callable");
        assertThat(jobs.trySpawn(OPTIONS, callable).orElseThrow().join()).isEqualTo("callable");
        assertThat(jobs.<String>shield("a", callable)).isEqualTo("callable");
        assertThat(Job.<String>blocking(callable)).isEqualTo("callable");
        JobBody<String> branch = body;
        assertThat(jobs.spawn("a", branch).join()).isEqualTo("branch");
        JobAction action = body;
        jobs.spawn("a", action).join();
        assertThat(body.was).isEqualTo("action");
        jobs.shield("a", action);
        assertThat(body.was).isEqualTo("action");
    }
}
