package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.JobObservation;

/// Of a job that nobody answers for; what it starts is still its owner's.
record JobIgnored(Owner owner) implements JobObservation {
    @Override
    public void starting() {
        CurrentOwner.set(owner);
    }
}
