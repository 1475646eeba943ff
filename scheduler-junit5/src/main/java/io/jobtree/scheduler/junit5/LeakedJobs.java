package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What the test would leak if it ended now; a parameter of a test or of its life-cycle methods.
///
/// ```java
/// @Test
/// void closing_endsThePoller(LeakedJobs leaks) {
///     client.close();
///     assertThat(leaks.pending()).isEmpty();
/// }
/// ```
///
/// Allowed jobs are not counted. **Threads:** any thread may call anything.
public final class LeakedJobs {
    private final Owner owner;

    LeakedJobs(Owner owner) {
        this.owner = owner;
    }

    /// The test's jobs that are not done.
    ///
    /// @return a snapshot, oldest first, unmodifiable; without those that were collected
    public List<Job<?>> pending() {
        return Pending.of(owner, null).jobs().stream()
                .<Job<?>>flatMap(entry -> Optional.<Job<?>>ofNullable(entry.get()).stream())
                .toList();
    }

    /// The schedulers opened in the test that are not closed, without injected ones.
    ///
    /// @return a snapshot, unmodifiable
    public List<Scheduler> openSchedulers() {
        return Pending.of(owner, null).schedulers().stream()
                .flatMap(entry -> entry.scheduler().stream())
                .toList();
    }

    /// Whether nothing is pending or open.
    ///
    /// @return true if the test would pass the check without a wait
    public boolean isEmpty() {
        return Pending.of(owner, null).isEmpty();
    }

    /// What the failure would say now.
    @Override
    public String toString() {
        Pending pending = Pending.of(owner, null);
        var findings = Findings.freeze(owner, pending, Duration.ZERO);
        return pending.isEmpty()
                ? "nothing leaked"
                : new FailureText(findings, Aftermath.NOTHING, owner.settings(), null).toString();
    }
}
