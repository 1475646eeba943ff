package io.jobtree.scheduler.junit5.leak;

import io.jobtree.scheduler.Job;
import java.time.Duration;
import java.util.List;

/// What was done about leaked jobs and schedulers, so that the next test starts clean.
///
/// @param jobs how many jobs were asked to stop
/// @param schedulers how many schedulers were closed
/// @param survivors what would not stop
public record Cancelled(boolean done, int jobs, int schedulers, Duration took, List<Job<?>> survivors) {
    public static final Cancelled NOTHING = new Cancelled(false, 0, 0, Duration.ZERO, List.of());
}
