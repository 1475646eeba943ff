package io.jobtree.hashtree;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Outcome;
import java.util.concurrent.atomic.LongAdder;

/// Counts how jobs ended: those of files, which have a shared limit, and those of directories. The topmost job
/// is neither.
final class Tally implements JobObserver {
    private final Count files = new Count();
    private final Count directories = new Count();

    @Override
    public JobObservation spawned(Job<?> job) {
        if (job.options().sharedLimit().isPresent()) {
            return files;
        }
        return job.parent().isPresent() ? directories : JobObservation.NONE;
    }

    /// How far the work came, for somebody who did not let it end.
    @Override
    public String toString() {
        return "files hashed: " + files.done + ", not readable: " + files.failed + ", cancelled: " + files.cancelled
                + "; directories cancelled: " + directories.cancelled;
    }

    /// The same for every job, so that counting allocates nothing.
    private static final class Count implements JobObservation {
        private final LongAdder done = new LongAdder();
        private final LongAdder failed = new LongAdder();
        private final LongAdder cancelled = new LongAdder();

        @Override
        public void ended(Outcome<?> outcome) {
            switch (outcome) {
                case Outcome.Succeeded<?> _ -> done.increment();
                case Outcome.Failed<?> _ -> failed.increment();
                case Outcome.Cancelled<?> _ -> cancelled.increment();
            }
        }
    }
}
