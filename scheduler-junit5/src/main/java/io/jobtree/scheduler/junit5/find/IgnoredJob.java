package io.jobtree.scheduler.junit5.find;

import io.jobtree.scheduler.JobObservation;

/// A job of an origin that is not watched; what it starts is of the same origin.
record IgnoredJob(Origin origin) implements JobObservation {
    @Override
    public void starting() {
        CurrentOrigin.set(origin);
    }
}
