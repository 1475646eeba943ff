package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
@DisplayName("R24: an observer that is not enabled hears nothing of jobs that are spawned meanwhile")
final class Rule24DisabledObserverTest {
    /// Keeps what it is asked about, while it is enabled.
    private static class Switched implements JobObserver {
        final AtomicInteger asked = new AtomicInteger();
        final List<String> spawned = new CopyOnWriteArrayList<>();
        final List<String> ended = new CopyOnWriteArrayList<>();
        final List<Boolean> parents = new CopyOnWriteArrayList<>();
        final List<SpawnRefusal.Reason> refused = new CopyOnWriteArrayList<>();
        volatile boolean enabled;

        @Override
        public boolean isEnabled() {
            asked.incrementAndGet();
            return enabled;
        }

        @Override
        public JobObservation spawned(Job<?> job) {
            throw new AssertionError("the one with the parent is called");
        }

        @Override
        public JobObservation spawned(Job<?> job, Optional<JobObservation> parent) {
            spawned.add(job.name());
            parents.add(parent.isPresent());
            return new JobObservation() {
                @Override
                public void ended(Outcome<?> outcome) {
                    ended.add(job.name());
                }
            };
        }

        @Override
        public void refused(SpawnRefusal refusal) {
            refused.add(refusal.reason());
        }
    }

    private static Scheduler scheduler(JobObserver observer) {
        return Scheduler.open(TestOptions.named("switched").withObserver(observer));
    }

    @Test
    void disabled_isAskedAboutNoJob_andOthersHearAll() throws Exception {
        var off = new Switched();
        var on = new Switched();
        on.enabled = true;
        try (var jobs =
                Scheduler.open(TestOptions.named("switched").withObserver(off).withObserver(on))) {
            jobs.spawn("one", () -> "done").join();
        }
        assertThat(off.asked.get()).isPositive();
        assertThat(off.spawned).isEmpty();
        assertThat(on.spawned).containsExactly("one");
        assertThat(on.ended).containsExactly("one");
    }

    @Test
    void switchedOn_hearsOfLaterJobs_withoutWhatItDidNotKeepOfTheParent() throws Exception {
        var observer = new Switched();
        try (var jobs = scheduler(observer)) {
            jobs.spawn("parent", scope -> {
                scope.spawn("before", () -> "done").join();
                observer.enabled = true;
                scope.spawn("after", () -> "done").join();
                return "done";
            });
            jobs.awaitIdle();
            observer.enabled = false;
            jobs.spawn("later", () -> "done").join();
        }
        assertThat(observer.spawned).containsExactly("after");
        assertThat(observer.parents).containsExactly(false);
        assertThat(observer.ended).containsExactly("after");
    }

    @Test
    void switchedOff_hearsTheEndOfWhatItKnows() throws Exception {
        var observer = new Switched();
        observer.enabled = true;
        try (var jobs = scheduler(observer)) {
            var door = new Door();
            var known = jobs.spawn("known", () -> {
                door.pass();
                return "done";
            });
            observer.enabled = false;
            door.open();
            known.join();
            assertThat(observer.ended).containsExactly("known");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void installed_isAskedToo(boolean enabled) throws Exception {
        var observer = new Switched();
        observer.enabled = enabled;
        try (var _ = JobObserver.install(observer);
                var jobs = Scheduler.open(TestOptions.named("installed"))) {
            jobs.spawn("installed-" + enabled, () -> "done").join();
        }
        assertThat(observer.spawned.contains("installed-" + enabled)).isEqualTo(enabled);
    }

    @Test
    void refusedSpawns_areHeardAllTheSame() {
        var observer = new Switched();
        var jobs = scheduler(observer);
        jobs.close();
        assertThatThrownBy(() -> jobs.spawn("late", () -> "done")).isInstanceOf(RejectedExecutionException.class);
        assertThat(observer.refused).containsExactly(SpawnRefusal.Reason.CLOSED);
    }

    @Test
    void throwing_isLoggedOnce_andHearsNothing() throws Exception {
        var observer = new Switched() {
            @Override
            public boolean isEnabled() {
                throw new IllegalStateException("a hook's own");
            }
        };
        try (var log = new RecordedLog();
                var jobs = scheduler(observer)) {
            jobs.spawn("one", () -> "done").join();
            jobs.spawn("two", () -> "done").join();
            assertThat(log.containing("threw")).hasSize(1);
        }
        assertThat(observer.spawned).isEmpty();
    }

    @Test
    void atALimit_theFirstPlaceIsNotGivenUpForAnObserverThatIsOff() throws Exception {
        var observer = new Switched();
        try (var jobs = Scheduler.open(TestOptions.named("limited").withLimit(1).withObserver(observer))) {
            for (int i = 0; i < 100; i++) {
                observer.enabled = i % 2 == 0;
                jobs.spawn("job-" + i, () -> "done").join();
            }
            assertThat(jobs.takenPlaces()).isZero();
        }
        assertThat(observer.spawned).hasSize(50);
    }

    @Test
    void failureOfAJobThatNobodyObserved_goesToTheHandler() throws Exception {
        var failed = new CopyOnWriteArrayList<@Nullable String>();
        try (var jobs = Scheduler.open(TestOptions.named("failing")
                .withObserver(new Switched())
                .withFailureHandler((job, failure) -> failed.add(failure.getMessage())))) {
            jobs.spawn("failing", () -> {
                throw new IllegalStateException("the body's own");
            });
            jobs.awaitIdle();
        }
        assertThat(failed).containsExactly("the body's own");
    }
}
