package io.jobtree.scheduler.timeline;

import java.util.List;

/// What a scheduler shows over JMX, as `io.jobtree:type=Scheduler,name="…",id=…`. Each read looks again.
public interface SchedulerMXBean {
    /// The name of the scheduler.
    ///
    /// @return the name
    String getName();

    /// Whether closing has begun.
    ///
    /// @return true from then on
    boolean isClosed();

    /// How many of its own jobs have started and are not done.
    ///
    /// @return the number of jobs
    int getActiveCount();

    /// How many of its own jobs wait for a place.
    ///
    /// @return the number of jobs
    int getPendingCount();

    /// How many jobs there are in the whole tree.
    ///
    /// @return the number of unfinished jobs
    int getJobCount();

    /// How many of its own jobs run at once.
    ///
    /// @return the limit; 0 without one
    int getLimit();

    /// How many of its own jobs may be pending.
    ///
    /// @return the limit; 0 without one
    int getPendingLimit();

    /// The pending job that was spawned first, in the whole tree: `path #id`.
    ///
    /// @return the job; empty where none is pending
    String getOldestPending();

    /// How long ago the oldest pending job was spawned.
    ///
    /// @return seconds; 0 where none is pending
    double getOldestPendingSeconds();

    /// The jobs that were cancelled and still run, as `path #id`.
    ///
    /// @return the jobs, parents first
    List<String> getStragglers();

    /// The tree of unfinished jobs, as [io.jobtree.scheduler.JobTree#toString] draws it.
    ///
    /// @return lines
    String getTree();

    /// The tree of unfinished jobs, as [io.jobtree.scheduler.JobTree#toJson] writes it.
    ///
    /// @return a JSON object
    String getTreeJson();

    /// Who waits for whom, as [io.jobtree.scheduler.JobTree#waits] says it.
    ///
    /// @return lines; empty where nobody waits
    String getWaits();

    /// Cancels a job and all below it.
    ///
    /// @param path a job's path, and ` #id` after it where several jobs have that path and only one is meant
    /// @return how many jobs this began to cancel, those below not counted
    int cancel(String path);
}
