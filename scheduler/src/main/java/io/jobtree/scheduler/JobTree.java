package io.jobtree.scheduler;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A frozen picture of a job, or of a scheduler, and the unfinished jobs below it. `toString` draws it:
///
/// ```
/// orders  open, 2 active, 1 pending
/// ├── page #17  RUNNING  1.2 s  waits for user #18
/// │   ├── user #18  RUNNING  1.2 s
/// │   └── cart #19  RUNNING  1.2 s
/// └── mail #20  PENDING  3 ms  waits for a place
/// ```
///
/// Each job is looked at in passing, so one that moves meanwhile may be shown where it was a moment
/// before or after.
///
/// @param name the name of the job or scheduler
/// @param path the names from the scheduler down to it
/// @param id the job's id; 0 for a scheduler
/// @param state the job's state; empty for a scheduler
/// @param age the time since the job was spawned; zero for a scheduler
/// @param note what the job waits for, or how a scheduler stands; empty if there is nothing to say
/// @param children the unfinished jobs in its scope, oldest first
public record JobTree(
        String name,
        String path,
        long id,
        Optional<JobState> state,
        Duration age,
        String note,
        List<JobTree> children) {
    /// Takes a copy of the children.
    public JobTree {
        children = List.copyOf(children);
    }

    static JobTree of(Scheduler scheduler) {
        return Pictures.take(scheduler);
    }

    static JobTree of(JobImpl<?> job) {
        return Pictures.take(job);
    }

    /// The number of jobs in this picture, this one included unless it is a scheduler.
    ///
    /// @return the number of jobs
    public int size() {
        return Pictures.size(this);
    }

    /// Draws the tree, one line for each job. Where a scope has very many jobs, or the tree is very
    /// deep, the rest is counted.
    @Override
    public String toString() {
        return Pictures.draw(this);
    }
}
