package io.jobtree.scheduler.timeline;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.text.Texts;

/// What a timeline keeps of one job: no reference to the job, nor to what it returned.
final class Bar implements JobObservation {
    /// Stands for a moment that has not come.
    static final long NEVER = Long.MIN_VALUE;

    /// How many characters of a failure are kept: it may have a whole answer of a server in it.
    static final int MAX_DETAIL = 1_000;

    final long id;

    /// 0 for a job without a parent.
    final long parent;

    final String name;
    final String scheduler;
    final long spawned = System.nanoTime();

    // Each is written once, by the thread that observers are called on, and read by who writes the timeline.
    private volatile long started = NEVER;
    private volatile long stopped = NEVER;
    private volatile long ended = NEVER;
    private volatile End end = End.UNFINISHED;

    Bar(Job<?> job) {
        id = job.id();
        parent = job.parent().map(Job::id).orElse(0L);
        name = job.name();
        scheduler = job.scheduler().name();
    }

    /// How a job ended.
    ///
    /// @param kind succeeded, failed, cancelled or unfinished
    /// @param detail the failure, or the reason of the cancellation; may be empty
    record End(String kind, String detail) {
        static final End UNFINISHED = new End("unfinished", "");
        private static final End SUCCEEDED = new End("succeeded", "");

        static End of(Outcome<?> outcome) {
            return switch (outcome) {
                case Outcome.Succeeded<?> _ -> SUCCEEDED;
                case Outcome.Failed<?>(var failure) -> new End("failed", start(Texts.of(failure)));
                case Outcome.Cancelled<?>(var reason, var origin) ->
                    new End(
                            "cancelled",
                            reason + origin.map(job -> " of " + job.path()).orElse(""));
            };
        }
    }

    private static String start(String text) {
        return text.length() <= MAX_DETAIL ? text : text.substring(0, MAX_DETAIL - 1) + "…";
    }

    @Override
    public void starting() {
        started = System.nanoTime();
    }

    @Override
    public void stopped() {
        stopped = System.nanoTime();
    }

    @Override
    public void ended(Outcome<?> outcome) {
        end = End.of(outcome);
        ended = System.nanoTime();
    }

    long startedAt() {
        return started;
    }

    long stoppedAt() {
        return stopped;
    }

    long endedAt() {
        return ended;
    }

    End end() {
        return ended == NEVER ? End.UNFINISHED : end;
    }
}
