package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.JobTree.Kind;
import io.jobtree.scheduler.JobTree.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@DisplayName("R19: what is said of jobs, in pictures and in messages, takes linear time and memory")
final class Rule19PicturesTest {
    private static final int LEVELS = 1_000;

    private final Door hold = new Door();

    @AfterEach
    void letGo() {
        hold.open();
    }

    private static SchedulerOptions options() {
        return TestOptions.unlimited().withFailureHandler((job, failure) -> {});
    }

    /// Each level waits for the one below.
    private Job<Integer> deeper(JobScope scope, int levels, CompletableFuture<Job<?>> bottom) {
        return scope.spawn("level", inner -> {
            if (levels == 0) {
                bottom.complete(Job.current().orElseThrow());
                hold.pass();
                return 0;
            }
            return 1 + deeper(inner, levels - 1, bottom).join();
        });
    }

    private static List<Wait> waits(JobTree tree, Kind kind) {
        return tree.children().stream()
                .flatMap(child -> child.waitsFor().stream())
                .filter(wait -> wait.kind() == kind)
                .toList();
    }

    private static void assertShared(List<Wait> waits, int expected) {
        assertThat(waits)
                .hasSize(expected)
                .allSatisfy(wait ->
                        assertThat(wait.jobs()).isSameAs(waits.getFirst().jobs()));
    }

    /// Were all looked through for the holders of one's limit, it would be the square of their number.
    @Tag("slow")
    @Test
    void picturesOfManySchedulers_thatAreFull_nameTheHolderOfEach() throws Exception {
        var all = new ArrayList<Scheduler>();
        for (var i = 0; i < 8 * LEVELS; i++) {
            var jobs = Scheduler.open(options().withLimit(1));
            all.add(jobs);
            jobs.spawn("holder", hold::pass);
            jobs.spawn("pending", () -> 1);
        }
        for (var jobs : all) {
            var trees = jobs.tree().children();
            assertThat(trees).hasSize(2);
            assertThat(trees.getLast().waitsFor().orElseThrow().jobs())
                    .containsExactly(new JobTree.Ref(trees.getFirst().id(), "holder"));
        }
        hold.open();
        all.forEach(Scheduler::close);
    }

    /// Were it all of its path, those of all levels would have the square of their number.
    @Test
    void messageOfAJobFarBelow_namesTheLastLevels() throws Exception {
        var jobs = Scheduler.open(options());
        var bottom = new CompletableFuture<Job<?>>();
        var top = deeper(jobs, LEVELS, bottom);
        var lowest = bottom.get(20, TimeUnit.SECONDS);
        assertThat(lowest.path()).as("its path is whole").hasSizeGreaterThan(6 * LEVELS);
        assertThat(lowest.toString()).contains("…/level").hasSizeLessThan(400);
        var scope = lowest.parent().orElseThrow();
        assertThatThrownBy(() -> {
                    Thread.currentThread().interrupt();
                    scope.join();
                })
                .isInstanceOf(InterruptedException.class)
                .satisfies(thrown -> assertThat(thrown.getMessage()).hasSizeLessThan(400));
        lowest.cancel();
        assertThatThrownBy(lowest::join)
                .isInstanceOf(JobCancelledException.class)
                .satisfies(thrown -> assertThat(thrown.getMessage()).hasSizeLessThan(400));
        assertThatThrownBy(top::join).isInstanceOf(JobFailedException.class);
        assertThat(jobs.close(TestOptions.LONG)).isEmpty();
    }

    @Test
    void cancelledChain_namesWhereItBegan_byTheLastLevels() throws Exception {
        var jobs = Scheduler.open(options());
        var bottom = new CompletableFuture<Job<?>>();
        deeper(jobs, LEVELS, bottom);
        var lowest = bottom.get(20, TimeUnit.SECONDS);
        lowest.parent().orElseThrow().cancel();
        assertThatThrownBy(lowest::join)
                .isInstanceOf(JobCancelledException.class)
                .satisfies(thrown -> assertThat(thrown.getMessage())
                        .contains("it began with …/level")
                        .hasSizeLessThan(800));
        assertThat(jobs.close(TestOptions.LONG)).isEmpty();
    }

    @Test
    void scopeThatIsWaitedForFarBelow_isNamedByTheLastLevels() throws Exception {
        var jobs = Scheduler.open(options());
        var scopes = new CompletableFuture<JobScope>();
        holdBelow(jobs, LEVELS, scopes);
        var scope = scopes.get(20, TimeUnit.SECONDS);
        assertThat(scope.toString()).contains("…/level").hasSizeLessThan(400);
        var waiter = jobs.spawn("waiter", () -> scope.awaitIdle());
        Within.areParked(List.of(waiter));
        var wait = waiter.tree().waitsFor().orElseThrow();
        assertThat(wait.kind()).isEqualTo(Kind.IDLE);
        assertThat(wait.name()).startsWith("…/level").hasSizeLessThan(400);
        hold.open();
        assertThat(jobs.close(TestOptions.LONG)).isEmpty();
    }

    private void holdBelow(JobScope scope, int levels, CompletableFuture<JobScope> bottom) {
        scope.spawn("level", inner -> {
            if (levels == 0) {
                inner.spawn("held", hold::pass);
                bottom.complete(inner);
            } else {
                holdBelow(inner, levels - 1, bottom);
            }
        });
    }

    @Test
    void jobsThatWaitForTheSame_shareInAPictureWhatTheyWaitFor() throws Exception {
        var full = Scheduler.open(options().withLimit(2).withPendingLimit(20));
        var jobs = Scheduler.open(options());
        for (int i = 0; i < 22; i++) {
            full.spawn("held", hold::pass);
        }
        for (int i = 0; i < 10; i++) {
            Within.areParked(List.of(
                    jobs.spawn("idle", () -> full.awaitIdle()),
                    jobs.spawn("room", () -> full.spawn("more", () -> {}).id())));
        }
        var tree = Within.call(jobs::tree);
        assertShared(waits(tree, Kind.IDLE), 10);
        assertShared(waits(tree, Kind.ROOM), 10);
        assertShared(waits(Within.call(full::tree), Kind.PLACE), 20);
        assertThat(waits(tree, Kind.IDLE).getFirst().jobs()).hasSize(22);
        hold.open();
        assertThat(jobs.close(TestOptions.LONG)).isEmpty();
        assertThat(full.close(TestOptions.LONG)).isEmpty();
    }

    /// What takes the square of their number would need gigabytes, and minutes.
    @Tag("slow")
    @Test
    void thousandsThatWaitForThousands_areDrawn() throws Exception {
        int many = 10_000;
        var busy = Scheduler.open(options());
        var jobs = Scheduler.open(options());
        for (int i = 0; i < many; i++) {
            busy.spawn("held", hold::pass);
        }
        var waiting = new ArrayList<Job<?>>();
        for (int i = 0; i < many; i++) {
            waiting.add(jobs.spawn("idle", () -> busy.awaitIdle()));
        }
        Within.areParked(waiting);
        var tree = jobs.tree();
        assertThat(tree.waits().lines()).hasSize(many);
        assertThat(tree.toString()).contains("is idle");
        assertThat(tree.toJson()).doesNotContain("deadlock");
        hold.open();
        assertThat(jobs.close(Duration.ofSeconds(20))).isEmpty();
        assertThat(busy.close(TestOptions.LONG)).isEmpty();
    }

    /// Of a chain whose jobs all fail, all messages with all names would be quadratic.
    @Test
    void defaultHandler_ofAJobDeepDown_namesTheLastLevels() throws Exception {
        var failure = new IllegalStateException("on purpose");
        try (var log = new RecordedLog()) {
            var jobs = Scheduler.open(TestOptions.unlimited());
            failBelow(jobs, 1_000, failure);
            assertThat(jobs.close(TestOptions.LONG)).isEmpty();
            assertThat(log.about(failure))
                    .singleElement()
                    .satisfies(record -> assertThat(record.getMessage())
                            .startsWith("Job '…/level/")
                            .contains("/level/fails' #")
                            .hasSizeLessThan(400));
        }
    }

    private static void failBelow(JobScope scope, int levels, RuntimeException failure) {
        if (levels == 0) {
            scope.spawn("fails", () -> {
                throw failure;
            });
        } else {
            scope.spawn(JobOptions.named("level").withSupervision(), inner -> {
                failBelow(inner, levels - 1, failure);
            });
        }
    }

    /// To count the jobs for each of many who are interrupted at once would be quadratic.
    @Test
    void messages_ofWaitsForAScope_nameIt_andCountNoJobs() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(1).withPendingLimit(1))) {
            var holder = jobs.spawn("holder", () -> {
                assertThatThrownBy(jobs::awaitIdle)
                        .hasMessage("Job 'test/holder' #"
                                + Job.current().orElseThrow().id()
                                + " RUNNING cannot wait for Scheduler 'test' to be idle;"
                                + " it is one of its jobs, or below one");
                hold.pass();
            });
            jobs.spawn("pending", () -> {});
            var spawner = Actor.start(ThreadKind.VIRTUAL, () -> jobs.spawn("more", () -> {}))
                    .awaitParked();
            spawner.interrupt();
            assertThat(spawner.thrown())
                    .hasMessage(
                            "Scheduler 'test' has no room, and the thread was interrupted while it waited for some");
            var waiter = Actor.start(ThreadKind.VIRTUAL, () -> {
                Thread.currentThread().interrupt();
                return jobs.awaitIdle(TestOptions.LONG);
            });
            assertThat(waiter.thrown()).hasMessage("Scheduler 'test': interrupted while waiting for it");
            hold.open();
            assertThat(Within.outcome(holder)).isInstanceOf(Outcome.Succeeded.class);
        }
    }
}
