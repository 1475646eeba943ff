package io.jobtree.scheduler.junit5.threads;

import io.jobtree.scheduler.junit5.find.Origin;
import java.util.List;

/// Finds the threads, executors and task scopes that are there though the test, class or session is over that they
/// come from. What the JVM and libraries keep for good, what jobs run in, and what was reported are left out.
///
/// **Threads:** any thread may call anything; one search of a run at a time takes a thread dump.
public interface ThreadSearch {
    /// The time of an origin begins.
    ///
    /// @param isAlone whether nothing else runs
    void began(Origin origin, boolean isAlone);

    /// Its test is over, but for what it left.
    void ended(Origin origin);

    /// What is there of an origin and those below it, oldest first; for the session, also of origins unknown.
    List<Found> left(Origin origin);

    /// Nobody is to hear of these again.
    void markReported(List<Found> found);

    /// Nothing of the origin, and of those below it, is asked for again.
    void forget(Origin origin);
}
