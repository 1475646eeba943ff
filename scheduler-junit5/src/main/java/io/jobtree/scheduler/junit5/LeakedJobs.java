package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.junit5.find.Origin;
import io.jobtree.scheduler.junit5.find.StillRunning;
import io.jobtree.scheduler.junit5.leak.Cancelled;
import io.jobtree.scheduler.junit5.leak.Leaks;
import io.jobtree.scheduler.junit5.report.FailureText;
import io.jobtree.scheduler.junit5.report.LeakTree;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What the test would leak if it ended now; a parameter of a test or of its life-cycle methods.
///
/// ```java
/// @Test
/// void closing_endsThePoller(LeakedJobs leaks) {
///     client.close();
///     assertThat(leaks.unfinishedJobs()).isEmpty();
/// }
/// ```
///
/// Allowed jobs are not counted. **Threads:** any thread may call anything.
public final class LeakedJobs {
    private final Origin origin;

    LeakedJobs(Origin origin) {
        this.origin = origin;
    }

    /// The test's jobs that are not done, whether they run or wait.
    ///
    /// @return a snapshot, oldest first, unmodifiable; without those that were collected
    public List<Job<?>> unfinishedJobs() {
        return StillRunning.of(origin).jobs().stream()
                .<Job<?>>flatMap(entry -> Optional.<Job<?>>ofNullable(entry.get()).stream())
                .toList();
    }

    /// The schedulers opened in the test that are not closed, without injected ones.
    ///
    /// @return a snapshot, unmodifiable
    public List<Scheduler> openSchedulers() {
        return StillRunning.of(origin).schedulers().stream()
                .flatMap(entry -> entry.scheduler().stream())
                .toList();
    }

    /// Whether no job is unfinished and no scheduler open.
    ///
    /// @return true if the test would pass the check of its jobs without a wait
    public boolean isEmpty() {
        return StillRunning.of(origin).isEmpty();
    }

    /// What the failure would say now.
    @Override
    public String toString() {
        StillRunning running = StillRunning.of(origin);
        var leaks = Leaks.freeze(running, List.of(), Duration.ZERO);
        return running.isEmpty()
                ? "nothing leaked"
                : new FailureText(leaks, LeakTree.draw(leaks), Cancelled.NOTHING, origin, null, null).toString();
    }
}
