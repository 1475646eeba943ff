package io.jobtree.scheduler.micrometer;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Takes the thread-locals that `io.micrometer:context-propagation` knows from the spawning thread to the job's:
/// MDC, the current observation, and what else is registered there.
///
/// ```java
/// ContextRegistry.getInstance().registerThreadLocalAccessor(new Slf4jThreadLocalAccessor());   // once: MDC
/// Scheduler.open(SchedulerOptions.named("orders").withObserver(CarriedThreadLocals.create()));
/// ```
///
/// They are as they were at the spawn, and set while the body runs, and for the failure handler and hooks. What the
/// body changes stays in its thread.
///
/// **Threads:** any thread may call anything; one instance serves any number of schedulers.
@SuppressWarnings("exports") // who uses it requires what it is made for
public final class CarriedThreadLocals implements JobObserver {
    private final ContextSnapshotFactory snapshots;

    private CarriedThreadLocals(ContextSnapshotFactory snapshots) {
        this.snapshots = Objects.requireNonNull(snapshots, "snapshots");
    }

    /// All thread-locals that the global registry knows, also those that have no value at the spawn.
    ///
    /// @return the observer
    public static CarriedThreadLocals create() {
        return create(ContextSnapshotFactory.builder().clearMissing(true).build());
    }

    /// The thread-locals that snapshots of the given kind take.
    ///
    /// @param snapshots takes them
    /// @return the observer
    public static CarriedThreadLocals create(ContextSnapshotFactory snapshots) {
        return new CarriedThreadLocals(snapshots);
    }

    @Override
    public JobObservation spawned(Job<?> job) {
        return new Carried(snapshots.captureAll());
    }

    private static final class Carried implements JobObservation {
        private final ContextSnapshot snapshot;
        private ContextSnapshot.@Nullable Scope set;

        Carried(ContextSnapshot snapshot) {
            this.snapshot = snapshot;
        }

        @Override
        @SuppressWarnings("MustBeClosedChecker") // Closed by stopped.
        public void starting() {
            set = snapshot.setThreadLocals();
        }

        @Override
        @SuppressWarnings("MustBeClosedChecker") // Closed by the scheduler.
        public AutoCloseable makeCurrent() {
            return snapshot.setThreadLocals();
        }

        @Override
        public void stopped() {
            if (set != null) {
                set.close();
                set = null;
            }
        }
    }
}
