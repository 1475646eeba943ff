package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.SpawnRefusal.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@DisplayName("Observers hear of each spawn that gives no job, on its thread, and of what a job was spawned under")
final class SpawnRefusedTest {
    private final Door hold = new Door();
    private final List<SpawnRefusal> refusals = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    private final JobObserver observer = new JobObserver() {
        @Override
        public JobObservation spawned(Job<?> job) {
            return JobObservation.NONE;
        }

        @Override
        public void refused(SpawnRefusal refusal) {
            refusals.add(refusal);
            threads.add(Thread.currentThread());
        }
    };

    @AfterEach
    void letGo() {
        hold.open();
    }

    private SchedulerOptions options() {
        return TestOptions.limit(1).withPendingLimit(1).withObserver(observer);
    }

    @Test
    void aClosedScheduler_refuses() throws Exception {
        var jobs = Scheduler.open(options());
        jobs.close();
        assertThatThrownBy(() -> jobs.spawn("spawn", () -> 1)).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> jobs.trySpawn("try", () -> 1)).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> jobs.shield("shield", () -> 1)).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> jobs.spawn(() -> 1)).isInstanceOf(RejectedExecutionException.class);

        assertThat(refusals).extracting(SpawnRefusal::reason).containsOnly(Reason.CLOSED);
        assertThat(refusals)
                .extracting(refusal -> refusal.options().name().orElse("unnamed"))
                .containsExactly("spawn", "try", "shield", "unnamed");
        assertThat(refusals).extracting(SpawnRefusal::scope).containsOnly(jobs);
        assertThat(threads).containsOnly(Thread.currentThread());
    }

    @Test
    void aScopeThatIsOver_refuses() throws Exception {
        var kept = new AtomicReference<JobScope>();
        try (var jobs = Scheduler.open(options())) {
            jobs.spawn("page", scope -> {
                        kept.set(scope);
                        return 1;
                    })
                    .join();
            assertThatThrownBy(() -> kept.get().spawn("late", () -> 1)).isInstanceOf(RejectedExecutionException.class);
        }
        assertThat(refusals).extracting(SpawnRefusal::scope).containsExactly(kept.get());
    }

    @Test
    void aFullQueue_refusesTrySpawn_andAnInterruptEndsTheWaitOfSpawn() throws Exception {
        try (var jobs = Scheduler.open(options())) {
            jobs.spawn("runs", () -> hold.pass());
            jobs.spawn("pending", () -> 1);
            assertThat(jobs.trySpawn("full", () -> 1)).isEmpty();
            var waiter = Thread.ofVirtual()
                    .start(() -> assertThatThrownBy(() -> jobs.spawn("waits", () -> 1))
                            .isInstanceOf(RejectedExecutionException.class));
            waiter.interrupt();
            waiter.join();
            hold.open();
        }
        assertThat(refusals).extracting(SpawnRefusal::reason).containsExactly(Reason.FULL, Reason.INTERRUPTED);
    }

    @Test
    void anObserverThatThrows_changesNothing() throws Exception {
        JobObserver broken = new JobObserver() {
            @Override
            public JobObservation spawned(Job<?> job) {
                return JobObservation.NONE;
            }

            @Override
            public void refused(SpawnRefusal refusal) {
                throw new IllegalStateException("a hook's own");
            }
        };
        try (var log = new RecordedLog()) {
            var jobs = Scheduler.open(TestOptions.limit(1).withObserver(broken).withObserver(observer));
            jobs.close();
            assertThatThrownBy(() -> jobs.spawn("late", () -> 1))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("spawn before close()");
            assertThat(log.containing("Job observer")).hasSize(1);
        }
        assertThat(refusals).hasSize(1);
    }

    @Test
    void aShieldedJob_isObservedUnderTheJobThatCallsIt() throws Exception {
        var parents = new CopyOnWriteArrayList<String>();
        JobObserver tracer = new JobObserver() {
            @Override
            public JobObservation spawned(Job<?> job) {
                throw new AssertionError("the other one is called");
            }

            @Override
            public JobObservation spawned(Job<?> job, Optional<JobObservation> parent) {
                parents.add(
                        job.name() + " under " + parent.map(Object::toString).orElse("nothing"));
                return new JobObservation() {
                    @Override
                    public String toString() {
                        return job.name();
                    }
                };
            }
        };
        try (var jobs = Scheduler.open(TestOptions.limit(1).withObserver(tracer))) {
            jobs.spawn("page", () -> jobs.shield("save", () -> 1)).join();
            jobs.shield("outside", () -> 1);
        }
        assertThat(parents).containsExactly("page under nothing", "save under page", "outside under nothing");
    }

    @Test
    void anObserverThatIsThereTwice_getsEachTimeWhatItGaveThatTimeForTheParent() throws Exception {
        var given = new ArrayList<JobObservation>();
        var parents = new ArrayList<Optional<JobObservation>>();
        JobObserver twice = new JobObserver() {
            @Override
            public JobObservation spawned(Job<?> job) {
                throw new AssertionError("the other one is called");
            }

            @Override
            public JobObservation spawned(Job<?> job, Optional<JobObservation> parent) {
                parents.add(parent);
                given.add(new JobObservation() {});
                return given.getLast();
            }
        };
        try (var jobs = Scheduler.open(TestOptions.limit(1).withObserver(twice).withObserver(twice))) {
            jobs.spawn("page", scope -> scope.spawn("part", () -> 1).join()).join();
        }
        assertThat(parents)
                .containsExactly(
                        Optional.empty(), Optional.empty(), Optional.of(given.get(0)), Optional.of(given.get(1)));
    }

    @Test
    void takenPlaces_areThoseOfJobsThatDoNotWait() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(2))) {
            var runs = new CountDownLatch(1);
            var inner = jobs.spawn("inner", () -> {
                runs.countDown();
                hold.pass();
            });
            runs.await();
            assertThat(jobs.takenPlaces()).isEqualTo(1);
            var waits = jobs.spawn("waits", () -> {
                inner.join();
            });
            Within.isParked(waits);
            Within.isTrue(() -> jobs.takenPlaces() == 1);
            assertThat(jobs.activeCount()).isEqualTo(2);
            hold.open();
        }
        try (var unlimited = Scheduler.open(TestOptions.limit(1).withoutLimit())) {
            assertThat(unlimited.takenPlaces()).isZero();
        }
    }

    @Test
    void aCloseWhereARefusalIsHeard_begins_onABodysThreadToo() throws Exception {
        var jobs = new AtomicReference<Scheduler>();
        var closed = new CopyOnWriteArrayList<List<Job<?>>>();
        var closer = new JobObserver() {
            @Override
            public JobObservation spawned(Job<?> job) {
                return JobObservation.NONE;
            }

            @Override
            public void refused(SpawnRefusal refusal) {
                closed.add(jobs.get().close(Duration.ZERO));
            }
        };
        jobs.set(Scheduler.open(options().withObserver(closer)));
        var spawner = jobs.get().spawn("spawner", () -> {
            jobs.get().spawn("pending", () -> 1);
            return jobs.get().trySpawn("refused", () -> 2).isPresent();
        });
        assertThat(spawner.await()).isInstanceOf(Outcome.class);
        assertThat(jobs.get().isClosed()).isTrue();
        assertThat(closed).containsExactly(List.of());
        jobs.get().close();
    }
}
