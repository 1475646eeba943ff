package io.jobtree.proof.faults;

import io.jobtree.scheduler.CancelReason;
import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Outcome;
import java.util.Optional;

/// An observer whose every hook throws. Another one each time: it is logged once for each.
final class Thrower implements JobObserver {
    @Override
    public JobObservation spawned(Job<?> job) {
        return new JobObservation() {
            @Override
            public void starting() {
                throw meant();
            }

            @Override
            public AutoCloseable makeCurrent() {
                throw meant();
            }

            @Override
            public void stopped() {
                throw meant();
            }

            @Override
            public void cancelling(CancelReason reason, Optional<Job<?>> origin) {
                throw meant();
            }

            @Override
            public void ended(Outcome<?> outcome) {
                throw meant();
            }
        };
    }

    private static IllegalStateException meant() {
        return new IllegalStateException("meant");
    }
}
