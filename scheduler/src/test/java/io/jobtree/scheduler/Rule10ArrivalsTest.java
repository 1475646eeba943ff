package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.engine.EngineView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayName("R10: a spawner that only adds to a queue waits for nobody, and its job is neither lost nor overtaken")
final class Rule10ArrivalsTest {
    private final Held<String> holder = Held.body();

    /// Who has a gate's lock may be a thread that was stopped amid a job's end.
    @EachThreadKind
    void spawn_whereJobsQueue_needsNoLock_andKeepsTheOrder() throws Exception {
        var order = new CopyOnWriteArrayList<Integer>();
        try (var jobs = Scheduler.open(TestOptions.limit(1))) {
            var gate = EngineView.gate(jobs);
            jobs.spawn("holder", holder);
            jobs.spawn("first", () -> order.add(0));
            Actor<List<Job<Boolean>>> spawner;
            try (var _ = EngineView.lock(gate)) {
                spawner = Actor.start(ThreadKind.PLATFORM, () -> {
                    var spawned = new ArrayList<Job<Boolean>>();
                    for (int i = 1; i <= 50; i++) {
                        int number = i;
                        spawned.add(jobs.spawn("later", () -> order.add(number)));
                    }
                    return spawned;
                });
                assertThat(spawner.result()).hasSize(50).noneMatch(Job::isDone);
                assertThat(jobs.pendingCount()).isEqualTo(51);
            }
            assertThat(gate.waiting()).isEqualTo(51);
            holder.release();
            for (var job : spawner.result()) {
                job.join();
            }
            assertThat(order).hasSize(51).isSorted();
        }
    }

    /// A virtual thread that waits for the same lock, and gets no carrier, holds up no one behind it.
    @Test
    void cancel_ofAPendingJob_onAPlatformThread_needsNoVirtualOne() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(1))) {
            var gate = EngineView.gate(jobs);
            jobs.spawn("holder", holder);
            var first = jobs.spawn("first", () -> 1);
            var second = jobs.spawn("second", () -> 2);
            var spinning = new AtomicBoolean(true);
            Actor<Boolean> virtual;
            Actor<Boolean> platform;
            try (var _ = EngineView.lock(gate)) {
                virtual = Actor.start(ThreadKind.VIRTUAL, first::cancel);
                Actor.awaitPolling(virtual.thread());
                platform = Actor.start(ThreadKind.PLATFORM, second::cancel);
                Actor.awaitPolling(platform.thread());
                keepAllCarriers(spinning);
            }
            try {
                assertThat(Within.call(platform::result)).isTrue();
            } finally {
                spinning.set(false);
            }
            assertThat(virtual.result()).isTrue();
            holder.release();
        }
    }

    private static void keepAllCarriers(AtomicBoolean spinning) throws Exception {
        int carriers = Runtime.getRuntime().availableProcessors();
        var kept = new CountDownLatch(carriers);
        for (int i = 0; i < carriers; i++) {
            Thread.startVirtualThread(() -> {
                kept.countDown();
                while (spinning.get()) {
                    Thread.onSpinWait();
                }
            });
        }
        kept.await();
    }

    @EachThreadKind
    void cancel_ofAJobThatNobodyHasQueuedYet_freesItsRoomAtOnce() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(1).withPendingLimit(3))) {
            var gate = EngineView.gate(jobs);
            jobs.spawn("holder", holder);
            var pending = List.of(
                    jobs.spawn("pending", () -> 1), jobs.spawn("pending", () -> 2), jobs.spawn("pending", () -> 3));
            assertThat(jobs.trySpawn(JobOptions.named("refused"), () -> 4)).isEmpty();
            pending.get(1).cancel();
            assertThat(gate.waiting()).isEqualTo(2);
            assertThat(jobs.trySpawn(JobOptions.named("taken"), () -> 4)).isPresent();
            assertThat(jobs.trySpawn(JobOptions.named("refused"), () -> 5)).isEmpty();
            holder.release();
            assertThat(pending.getFirst().join()).isEqualTo(1);
            assertThat(pending.getLast().join()).isEqualTo(3);
        }
    }

    /// The queue is empty and filled again all the time: its last job is started while the next one comes.
    @Tag("slow")
    @Test
    void spawns_whileTheQueueRunsEmpty_loseNoJobAndNoPlace() throws Exception {
        for (int places : new int[] {1, 2, 7}) {
            var ran = new AtomicInteger();
            var options = TestOptions.limit(places);
            for (var each : List.of(options, options.withPendingLimit(2))) {
                try (var jobs = Scheduler.open(each)) {
                    var gate = EngineView.gate(jobs);
                    var spawners = new ArrayList<Actor<Void>>();
                    for (int i = 0; i < 4; i++) {
                        spawners.add(Actor.start(ThreadKind.VIRTUAL, () -> {
                            for (int j = 0; j < 5_000; j++) {
                                var job = jobs.spawn(ran::incrementAndGet);
                                if (j % 3 == 0) {
                                    job.await();
                                }
                            }
                            return null;
                        }));
                    }
                    for (var spawner : spawners) {
                        spawner.result();
                    }
                    assertThat(jobs.close(TestOptions.LONG)).isEmpty();
                    assertThat(gate.taken()).isZero();
                    assertThat(gate.waiting()).isZero();
                }
            }
            assertThat(ran).hasValue(40_000);
        }
    }
}
